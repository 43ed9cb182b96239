#!/usr/bin/env python3
"""Writes docs/performance.md and docs/pictures/*.svg from two measurements: a comparison with other libraries (the JSON of the
peer benchmark's compare.py: --compare FILE, or --peers FOLDER to run it) and ConvForge's own times, bounds and growth
(measured here; --save keeps them as JSON and --runs takes them from there). Times need a quiet machine; minima are compared."""
import argparse
import json
import pathlib
import shlex
import subprocess
import sys

import pictures
import runs as own
import tables

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXACT_LIST = "resnet50"
LISTS = [ROOT / f"bench/layers/{name}.txt" for name in ("resnet50", "vgg16", "mobilenet_v2", "odd")]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--convforge", default=ROOT / "build/bin/convforge", help="the program (default: build/bin/convforge)")
    parser.add_argument("--compare", type=pathlib.Path, help="JSON of compare.py")
    parser.add_argument("--peers", type=pathlib.Path, help="folder of compare.py: run it (15 minutes)")
    parser.add_argument("--exact", type=pathlib.Path, help=f"JSON of compare.py with --math exact (--peers runs that too, for {EXACT_LIST})")
    parser.add_argument("--runs", type=pathlib.Path, help="our own measurements, saved before")
    parser.add_argument("--save", type=pathlib.Path, help="where to keep our own measurements")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.1, help="a bench run's least time")
    parser.add_argument("--match", default="", help="only layers whose name matches this regular expression")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs")
    return parser.parse_args()


def compare(folder, result, ours, *options):
    command = ["python3", folder / "compare.py", "--ours", ours, "--json", result, *options]
    subprocess.run(list(map(str, command)), check=True)
    return result


def run_peers(folder, convforge):
    """The two comparisons' files: with every library, and with --math exact beside oneDNN."""
    program = shlex.quote(str(pathlib.Path(convforge).resolve()))
    command = f'exec {program} "$@" --math exact'  # compare.py adds the subcommand and its flags
    exact = f"sh -c {shlex.quote(command)} sh"
    return (compare(folder, ROOT / "build/comparison.json", program),
            compare(folder, ROOT / "build/comparison_exact.json", exact, "--peers", "onednn", "--layers",
                    ROOT / f"bench/layers/{EXACT_LIST}.txt"))


def draw(folder, measured, compared):
    folder.mkdir(parents=True, exist_ok=True)
    when = f"{measured['date']}, {measured['cpu']}"
    pictures.roofline(folder / "roofline.svg", [run for run in measured["layers"] if run["layout"] == "nhwc"], f"Roofline ({when})")
    pictures.growth(folder / "growth.svg", measured["growth"], f"How time grows ({when})")
    if not compared:
        return
    for name, layers in tables.compared_lists(compared)[:-1]:
        rows = [(f"{tables.short(row['name'])} {tables.us(row['results']['ours']['us'])} us", tables.peer_times(row),
                 row["results"][row["best"]]["us"]) for row in layers]
        if rows:
            pictures.bars(folder / f"bars_{name}.svg", f"{name}: time / fastest peer's time ({compared['date']}, {compared['cpu']})",
                          rows, compared["contestants"])


def main():
    options = arguments()
    files = run_peers(options.peers, options.convforge) if options.peers else (options.compare, options.exact)
    compared, exact = (json.loads(file.read_text()) if file else None for file in files)
    if options.runs:
        measured = json.loads(options.runs.read_text())
    else:
        measured = own.measure(options.convforge, LISTS, options.rounds, options.seconds, options.match)
    if options.save:
        options.save.write_text(json.dumps(measured))
    options.out.mkdir(parents=True, exist_ok=True)
    draw(options.out / "pictures", measured, compared)
    (options.out / "performance.md").write_text(tables.page(measured, compared, exact))
    print(f"performance: wrote {options.out / 'performance.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
