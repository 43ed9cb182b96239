"""The figures of a kernel that the gates limit, read from `convforge explain --json`."""
import math
import re

TEXT_BYTES = 24 * 1024

# Percent of the FMA peak that the busiest port or the front end leaves the hot code (`bound`: llvm-mca's block reciprocal
# throughput).
LEAST_BOUND = 95

# Percent of the FMA peak at which llvm-mca simulates the hot code, dependences included, by kind and target.
# - gemm, AVX-512: llvm-mca's model of Skylake-X issues a second micro-operation on an arithmetic port for every 512-bit load
#   and broadcast (uiCA does not: analysis/mca.hpp): 14 pixels x 2 vectors are simulated at 93.3 % and measured at 99 % (Zen 5),
#   and 16 accumulators of 8 x 2 at 88.8 %. 12 of 6 x 2, at 85.7 %, are the fewest that hide the latency with room to spare.
# - first layer (at most four input channels): the kernel's columns are written out for each edge of the image, dozens of
#   small loops; the mean over them counts.
# - depthwise: three to seven taps of a row into 6 to 8 accumulators, and llvm-mca lets each pass wait for the one before.
#   Kernels have no more than a few passes for a tile and begin the next one meanwhile, which llvm-mca does not see. 6 accumulators of
#   4 taps take 4 x 5 cycles and 2 for the loads where 12 would do: 54 %.
LEAST_MCA = {("gemm", "x86-64-avx2"): 95, ("gemm", "x86-64-avx512"): 85,
             ("first layer", "x86-64-avx2"): 95, ("first layer", "x86-64-avx512"): 93,
             ("depthwise", "x86-64-avx2"): 54, ("depthwise", "x86-64-avx512"): 62}

# 8-bit layers are held to the same, of the peak of their multiply-adds; vpdpbusd issues as FMAs do.
LEAST_MCA |= {(kind, "x86-64-avx512-vnni"): LEAST_MCA[kind, "x86-64-avx512"] for kind in ("gemm", "first layer", "depthwise")}


def sizes_of(descriptor):
    """The numbers of a canonical descriptor by their letters: {"ic": 64, "kh": 3, ...}."""
    return {name: int(value) for name, value in re.findall(r"([a-z]+)(\d+)", descriptor)}


def kind(kernel):
    if kernel["algorithm"] == "depthwise":
        return "depthwise"
    sizes = sizes_of(kernel["problem"])
    return "first layer" if sizes["ic"] // sizes["g"] <= 4 else "gemm"


def round_up(size):
    return -(-size // 64) * 64


def value_of(formula):
    """The number that a size's formula comes to; its terms are those of docs/sizes.md."""
    formula = re.sub(r"\(([^()]*)\)", lambda inner: str(value_of(inner[1])), formula)
    total = 0
    for term in formula.split(" + "):
        factors = re.sub(r"(\d)x(?=\d)", r"\1 ", term.replace("rounded up to 64", ""))
        product = math.prod(int(number) for number in re.findall(r"\b\d+\b", factors))
        total += round_up(product) if "rounded up to 64" in term else product
    return total


def judged(kernel):
    """The hot code that must come near the FMA peak: all of it, but of Winograd kernels the products only. Their transforms
    are bound by loads and stores."""
    if kernel["algorithm"] == "winograd":
        return [block for block in kernel["hot"] if block["part"] == "product"]
    return kernel["hot"]


def percent(kernel, of_mca):
    """A percentage of llvm-mca's, rounded down to a tenth: the slowest hot loop's, or the mean of a first layer's (their
    multiply-adds over their time)."""
    blocks = judged(kernel)
    if kind(kernel) == "first layer" and blocks:
        least = sum(b["share"] for b in blocks) / sum(b["share"] / b["mca"][of_mca] for b in blocks)
    else:
        least = min((block["mca"][of_mca] for block in blocks), default=0.0)
    return math.floor(10 * least) / 10


def spills(kernel):
    return sum(block["spills"]["stores"] + block["spills"]["reloads"] for block in judged(kernel))


def wrong_sizes(kernel):
    """How many of the kernel's byte counts are not what their formula says."""
    sizes = [kernel["packed"], kernel["workspace"]["shared"], kernel["workspace"]["per_thread"]]
    return sum(size["formula"] is None or (size["bytes"] > 0 and value_of(size["formula"]) != size["bytes"]) for size in sizes)


def failures(kernel):
    """{figure: value} of every figure that misses its limit."""
    measured = {"spills": spills(kernel), "bound": percent(kernel, "percent_bound"), "mca": percent(kernel, "percent_of_peak"),
                "text": kernel["code_bytes"], "sizes": wrong_sizes(kernel)}
    good = {"spills": measured["spills"] == 0, "bound": measured["bound"] >= LEAST_BOUND,
            "mca": measured["mca"] >= LEAST_MCA[kind(kernel), kernel["target"]], "text": measured["text"] <= TEXT_BYTES,
            "sizes": measured["sizes"] == 0}
    return {figure: value for figure, value in measured.items() if not good[figure]}


def worse(figure, value, recorded):
    """Whether `value` is further from its limit than recorded. llvm-mca's answer may move by half a percent with the order
    of equal instructions; the others are whole numbers."""
    return value < recorded - 0.5 if figure in ("bound", "mca") else value > recorded


def reason(kernel, figure):
    """What the code itself says about a failing figure: the start of an explanation."""
    if figure == "spills":
        where = [b for b in judged(kernel) if b["spills"]["stores"] + b["spills"]["reloads"]]
        return "; ".join(f"{b['spills']['stores']} stored, {b['spills']['reloads']} reloaded in {share(b)}" for b in where)
    if figure in ("bound", "mca"):
        block = min(judged(kernel), key=lambda b: b["mca"]["percent_bound" if figure == "bound" else "percent_of_peak"])
        mca = block["mca"]
        kind_of_multiply_add = "dot products" if "types" in kernel else "FMAs"
        return (f"{share(block)}: {block['multiply_add_instructions']} {kind_of_multiply_add} on {block['accumulators']} accumulators in "
                f"{mca['micro_ops']:g} micro-operations; ports allow {mca['percent_bound']:.0f} %")
    if figure == "sizes":
        return "workspace bytes were counted in the compiled code; explain has no formula for them"
    return "much code: many tiles written out"


def share(block):
    return f"the {block['kind']} with {100 * block['share']:.0f} % of the multiply-adds"
