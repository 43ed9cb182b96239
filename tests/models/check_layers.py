#!/usr/bin/env python3
"""check_layers.py CONVFORGE MODELS PHOTOGRAPH [--only TEXT]: real models, layer by layer: each convolution that `convforge import`
takes, by its kernel and by the framework on the same input. Exit status 1: an output differs by more than a ten-thousandth of the
layer's largest, an 8-bit one at all, or a model has another number of convolutions taken or refused than LIST and QUANTISED say.
77: no models."""
import argparse
import json
import sys
import tempfile
from pathlib import Path

import imported

MOST = 1e-4
LIST = Path(__file__).parent / "models.json"
QUANTISED = Path(__file__).parent / "quantised_models.json"  # Those that make_quantised_models.py makes.


def tensors_of(model, sizes, wanted, photograph, quantised):
    """`quantised`: by the kernels and nodes that 8-bit kernels are to equal, byte for byte."""
    if model.suffix == ".onnx":
        import with_onnxruntime
        return with_onnxruntime.tensors_of(model, sizes, wanted, photograph, fused="qdq" in model.name and quantised)
    import with_litert
    return with_litert.tensors_of(model, wanted, photograph, reference=quantised)


def differences(results):
    """Of 8-bit layers, in words; none: ""."""
    integers = [result for result in results if result.elements]
    differing = [result for result in integers if result.differing]
    if not integers:
        return ""
    return (f"; {len(integers) - len(differing)} of {len(integers)} layers byte for byte"
            + (f", {sum(r.differing for r in differing)} elements of {sum(r.elements for r in integers)} differ, by "
               f"{max(r.error for r in differing):.0f} at most" if differing else ""))


def beside_the_nodes(made, model, photograph):
    """A line on a QDQ model beside its nodes one by one, in floats: they round more often, so that steps may differ."""
    results = imported.compare(made, tensors_of(model, {}, made.all_tensors(), photograph, False))
    print(f"  in floats{differences(results)}", flush=True)
    return [f"{result.layer}: {result.error:.0f} steps beside the nodes in floats" for result in results if result.error > 1]


def check(program, model, expected, photograph, quantised=False):
    """What is wrong, in words."""
    sizes = expected.get("input", {})
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        made = imported.Imported(program, model, sizes, folder)
        tensors = tensors_of(model, sizes, made.all_tensors(), photograph, quantised)
        results = imported.compare(made, tensors)
        if quantised and "qdq" in model.name:
            wrong = beside_the_nodes(made, model, photograph)
    manifest = made.manifest
    counts = {"taken": len(manifest["convolutions"]), "refused": len(manifest["refused"])}
    folded = len({node["name"] for layer in manifest["convolutions"] for node in layer["folded"]})
    worst = max(results, key=lambda result: result.error, default=None)
    print(f"{model.name}: {counts['taken']} taken by {len(manifest['kernels'])} kernels, {counts['refused']} refused, "
          f"{folded} nodes folded, {len(manifest['glue'])} left; "
          + (f"{len(results)} compared, largest error {worst.error:.1e} ({worst.layer[-60:]})" if worst else "nothing to compare")
          + differences(results), flush=True)
    wrong += [f"{result.layer}: an error of {result.error:.1e}" for result in results if not result.error <= MOST]
    counts["compared"] = len(results)
    wanted = {"compared": expected["taken"]} | expected
    wrong += [f"{count} {what}, expected {wanted[what]}" for what, count in counts.items() if count != wanted[what]]
    return [f"{model.name}: {text}" for text in wrong]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("convforge")
    parser.add_argument("models", type=Path)
    parser.add_argument("photograph")
    parser.add_argument("--only", default="", help="models whose path has this in it")
    options = parser.parse_args()
    if not options.models.is_dir():
        print("skipped: no models: scripts/deps.sh --models fetches them")
        return 77
    wrong = []
    for name, expected in json.loads(LIST.read_text()).items():
        if options.only in name:
            wrong += check(options.convforge, options.models / name, expected, options.photograph)
    with tempfile.TemporaryDirectory() as folder:
        quantised = {name: counts for name, counts in json.loads(QUANTISED.read_text()).items() if options.only in name}
        if quantised:
            import make_quantised_models
            make_quantised_models.make(options.models, options.photograph, Path(folder))
        for name, expected in quantised.items():
            wrong += check(options.convforge, Path(folder) / name, expected, options.photograph, quantised=True)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
