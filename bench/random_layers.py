#!/usr/bin/env python3
"""random_layers.py [--count 20] [--seed 1]: prints random layers of the kinds that networks have, a list for --batch. For
judging the planner on layers that nobody tuned: `convforge tune --batch LIST --db new.json` says how far the model's choices
are from the fastest plans found."""
import argparse
import random

MULTIPLY_ADDS = (1e6, 5e8)  # shorter calls measure the clock, longer ones take a minute to tune


def draw(rng):
    kind = rng.choice(["plain"] * 5 + ["pointwise"] * 3 + ["depthwise"] * 2 + ["grouped"])
    size = rng.choice([7, 8, 10, 12, 14, 16, 20, 26, 28, 32, 40, 52, 56, 64, 80, 112])
    channels = [8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 256, 320, 384, 512]
    ins, outs = rng.choice(channels), rng.choice(channels + [10, 21, 91])
    kernel = 1 if kind == "pointwise" else rng.choice([3, 3, 3, 5, 7])
    stride = rng.choice([1, 1, 1, 2])
    groups = 1
    if kind == "depthwise":
        groups = outs = ins
    if kind == "grouped":
        groups, outs = rng.choice([2, 4, 8]), ins
    return f"mb1g{groups}ic{ins}ih{size}oc{outs}kh{kernel}sh{stride}ph{kernel // 2}", size // stride, ins // groups * outs * kernel**2


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng, found = random.Random(options.seed), []
    while len(found) < options.count:
        descriptor, side, per_pixel = draw(rng)
        if MULTIPLY_ADDS[0] <= side * side * per_pixel <= MULTIPLY_ADDS[1] and descriptor not in found:
            found.append(descriptor)
            print(f'{descriptor}n"random:{len(found)}" --epilogue bias,relu')


if __name__ == "__main__":
    main()
