"""Our own measurements: `convforge bench` on the layers of the lists in both layouts, and on series of growing shapes."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

BASE = {"mb": 1, "ic": 64, "ih": 56, "oc": 64, "kh": 3, "ph": 1}  # a layer in the middle of things
SERIES = {"C": ("ic", [8, 16, 32, 64, 128, 256, 512]), "K": ("oc", [8, 16, 32, 64, 128, 256, 512]),
          "H = W": ("ih", [7, 14, 28, 56, 112, 224]), "batch": ("mb", [1, 2, 4, 8, 16])}
LARGE = 50e6  # operations: below, handing a part to another thread shows
SHARED_ROUNDS, SHARED_SECONDS = 7, 0.05  # two threads need both cores free: many short rounds, one of which finds them so


def cpu():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*: (.*)", text)
    return f"{name[1] if name else 'unknown'}, {os.cpu_count()} logical CPUs"


def read_layers(path):
    """[(name, descriptor)] of a list."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [(line.split('"')[1].split(":")[-1], line.split('n"')[0]) for line in lines if line and not line.startswith("#")]


def bench(convforge, problem, seconds, *flags):
    command = [convforge, "bench", "--problem", problem, "--epilogue", "bias,relu", "--min-time", str(seconds), "--json", *flags]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"performance: {' '.join(command)}: {result.stderr.strip()}")
    return json.loads(result.stdout)


def best(runs):
    return min(runs, key=lambda run: run["min_us"])


def measure_layers(convforge, lists, rounds, seconds, match):
    """Rounds of every layer in both layouts, one after the other, so that a slow minute of the machine meets all alike."""
    found = {}
    for turn in range(rounds):
        for path in lists:
            for name, problem in read_layers(path):
                if not re.search(match, name):
                    continue
                print(f"\rround {turn + 1} of {rounds}: {path.stem} {name:24}", end="", file=sys.stderr, flush=True)
                for layout in ("nhwc", "nchw"):
                    found.setdefault((path.stem, name, layout), []).append(bench(convforge, problem, seconds, "--layout", layout))
    print(file=sys.stderr)
    return [{"list": stem, "name": name, **best(runs)} for (stem, name, _), runs in found.items()]


def shared_rounds(rounds, seconds):
    """Rounds and seconds of a run with two threads."""
    return max(rounds, SHARED_ROUNDS), min(seconds, SHARED_SECONDS)


def measure_threads(convforge, layers, rounds, seconds):
    """[{list, name, one, two}]: microseconds on one and on two threads, in turn, of layers large enough to share."""
    rounds, seconds = shared_rounds(rounds, seconds)
    if (os.cpu_count() or 1) < 2:
        return []
    large = [layer for layer in layers if layer["layout"] == "nhwc" and 2 * layer["multiply_adds"] >= LARGE]
    times = {}
    for turn in range(rounds):
        for layer in large:
            print(f"\rround {turn + 1} of {rounds}: two threads, {layer['name']:24}", end="", file=sys.stderr, flush=True)
            for threads in (1, 2):
                run = bench(convforge, layer["problem"], seconds, "--threads", str(threads))
                times.setdefault((layer["list"], layer["name"], threads), []).append(run["min_us"])
    print(file=sys.stderr)
    return [{"list": layer["list"], "name": layer["name"], "one": min(times[layer["list"], layer["name"], 1]),
             "two": min(times[layer["list"], layer["name"], 2])} for layer in large]


def descriptor(**changes):
    return "".join(f"{key}{value}" for key, value in {**BASE, **changes}.items())


def measure_growth(convforge, rounds, seconds):
    """{what grows: [(value, us, algorithm)]}"""
    threads = [n for n in (1, 2, 4, 8, 16, 32, 64) if n <= (os.cpu_count() or 1)]
    cases = [(name, value, descriptor(**{key: value}), ()) for name, (key, values) in SERIES.items() for value in values]
    if len(threads) > 1:
        cases += [("threads", n, descriptor(ic=128, oc=128), ("--threads", str(n))) for n in threads]
    found = {}
    for turn in range(rounds):
        for name, value, problem, flags in cases:
            print(f"\rround {turn + 1} of {rounds}: {name} {value:<24}", end="", file=sys.stderr, flush=True)
            found.setdefault((name, value), []).append(bench(convforge, problem, seconds, *flags))
    print(file=sys.stderr)
    series = {}
    for (name, value), runs in found.items():
        series.setdefault(name, []).append((value, best(runs)["min_us"], best(runs)["algorithm"]))
    return series


def measure(convforge, lists, rounds, seconds, match=""):
    layers = measure_layers(convforge, lists, rounds, seconds, match)
    return {"date": datetime.date.today().isoformat(), "cpu": cpu(), "rounds": rounds, "seconds": seconds,
            "layers": layers, "shared_rounds": shared_rounds(rounds, seconds),
            "threads": measure_threads(convforge, layers, rounds, seconds),
            "growth": measure_growth(convforge, rounds, seconds)}
