#!/usr/bin/env python3
"""model_worth.py CONVFORGE RACES.jsonl[.gz] [--machine NAME]: what the cost model's choices are worth on a machine.

RACES has a line for each plan that was measured there: target, problem (canonical, with its settings), us, plan. For each
problem, the plans among them that the model of this tree still proposes are matched, and for each target this prints
  choice loss   the time of the model's choice / the least time of all, geometric mean and worst, of the problems
                whose choice was measured;
  rank          Spearman's correlation of predicted cycles and measured times, mean over problems.
Times are compared within a problem only."""
import argparse
import collections
import gzip
import json
import math
import subprocess

FIELDS = ["algorithm", "vector_axis", "padded_copy", "skip_rows", "skip_columns", "taps_innermost", "rows_per_task",
          "columns_per_task", "unroll_c", "broadcast_lanes", "unroll_s", "unroll_r", "parallel", "blocks_per_chunk",
          "winograd_outputs_h", "winograd_outputs_w", "winograd_rows_per_task", "winograd_input_lanes", "transposed",
          "fused_pixels"]
REGION = ["first_channel", "channels", "block", "lanes", "tile_w", "tile_h"]


def key(plan):
    """What tells plans apart, whatever fields the format of their day had."""
    fields = tuple(plan.get(field) or 0 for field in FIELDS)
    return fields + tuple(tuple(region[name] for name in REGION) for region in plan["regions"])


def read(path):
    """(target, problem) -> plan's key -> us."""
    races = collections.defaultdict(dict)
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as lines:
        for line in lines:
            entry = json.loads(line)
            times = races[entry["target"], entry["problem"]]
            times[key(entry["plan"])] = min(entry["us"], times.get(key(entry["plan"]), math.inf))
    return races


def predicted(program, target, problem, machine):
    """Plan's key -> cycles, of what the model proposes, cheapest first."""
    descriptor, *settings = problem.split()
    values = dict(setting.split("=", 1) for setting in settings)
    command = [program, "explain", "--json", "--target", target, "--problem", descriptor, "--layout", values["layout"],
               "--math", values["math"]] + (["--machine", machine] if machine else [])
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {key(candidate["plan"]): candidate["cycles"] for candidate in answer["candidates"]}


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    rank = [0.0] * len(values)
    for place, index in enumerate(order):
        rank[index] = place
    return rank


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    mean = (len(a) - 1) / 2
    spread = sum((x - mean) ** 2 for x in a)
    return sum((x - mean) * (y - mean) for x, y in zip(a, b)) / spread


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("races")
    parser.add_argument("--machine", default="")
    parser.add_argument("--each", action="store_true", help="a line for each problem, the worst first")
    options = parser.parse_args()
    losses, correlations, missing = collections.defaultdict(list), collections.defaultdict(list), collections.Counter()
    for (target, problem), times in read(options.races).items():
        cycles = predicted(options.program, target, problem, options.machine)
        both = [plan for plan in cycles if plan in times]
        choice = next(iter(cycles))
        if choice in times:
            losses[target].append((times[choice] / min(times.values()), problem.split()[0]))
        else:
            missing[target] += 1
        if len(both) > 2:
            correlations[target].append(spearman([cycles[plan] for plan in both], [times[plan] for plan in both]))
    print(f"{'target':14} {'problems':>8} {'choice loss':>11} {'worst':>6} {'rank':>5} {'choice not measured':>19}")
    for target, all_of in losses.items():
        mean = math.exp(sum(math.log(loss) for loss, _ in all_of) / len(all_of))
        rank = sum(correlations[target]) / max(1, len(correlations[target]))
        print(f"{target:14} {len(all_of):8} {mean:11.3f} {max(all_of)[0]:6.2f} {rank:5.2f} {missing[target]:19}")
        for loss, problem in sorted(all_of, reverse=True) if options.each else []:
            print(f"  {loss:5.2f} {problem}")


if __name__ == "__main__":
    main()
