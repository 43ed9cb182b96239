"""The figures of a kernel that the gates limit, read from `convforge explain --json`."""
import math
import re

TEXT_BYTES = 24 * 1024

# Percent of the FMA peak that llvm-mca must give the slowest hot loop. First layers (at most four input channels) reload
# their few weights for every pixel tile. Depthwise loops load a vector for each multiply-add or two, and llvm-mca charges every
# 512-bit load of Skylake-X to a port that multiply-adds need (schedules/machine.hpp): 73 % is what a 3x3 tile can reach there.
LEAST_MCA = {"gemm": 95, "first layer": 90, "depthwise": 70}


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
        return [max(kernel["hot"], key=lambda block: block["share"])]
    return kernel["hot"]


def worst_mca(kernel):
    """Percent of peak, as simulated, of the slowest hot loop."""
    return min((block["mca"]["percent_of_peak"] for block in judged(kernel)), default=100.0)


def spills(kernel):
    return sum(block["spills"]["stores"] + block["spills"]["reloads"] for block in judged(kernel))


def wrong_sizes(kernel):
    """How many of the kernel's byte counts are not what their formula says."""
    sizes = [kernel["packed"], kernel["workspace"]["shared"], kernel["workspace"]["per_thread"]]
    return sum(size["formula"] is None or (size["bytes"] > 0 and value_of(size["formula"]) != size["bytes"]) for size in sizes)


def failures(kernel):
    """{figure: value} of every figure that misses its limit."""
    measured = {"spills": spills(kernel), "mca": math.floor(10 * worst_mca(kernel)) / 10, "text": kernel["code_bytes"],
                "sizes": wrong_sizes(kernel)}
    good = {"spills": measured["spills"] == 0, "mca": measured["mca"] >= LEAST_MCA[kind(kernel)],
            "text": measured["text"] <= TEXT_BYTES, "sizes": measured["sizes"] == 0}
    return {figure: value for figure, value in measured.items() if not good[figure]}


def worse(figure, value, recorded):
    """Whether `value` is further from its limit than recorded. llvm-mca's answer may move by half a percent with the order
    of equal instructions; the others are whole numbers."""
    return value < recorded - 0.5 if figure == "mca" else value > recorded


def reason(kernel, figure):
    """What the code itself says about a failing figure: the start of an explanation."""
    if figure == "spills":
        where = [b for b in judged(kernel) if b["spills"]["stores"] + b["spills"]["reloads"]]
        return "; ".join(f"{b['spills']['stores']} stored, {b['spills']['reloads']} reloaded in {share(b)}" for b in where)
    if figure == "mca":
        block = min(judged(kernel), key=lambda b: b["mca"]["percent_of_peak"])
        mca = block["mca"]
        bound = f"ports allow {mca['percent_bound']:.0f} %"
        if mca["percent_bound"] >= mca["percent_of_peak"] + 3:
            bound += f", latency of {block['accumulators']} accumulators costs the rest"
        return f"{share(block)}: {block['multiply_add_instructions']} FMAs in {mca['micro_ops']:g} micro-operations; {bound}"
    if figure == "sizes":
        return "workspace bytes were counted in the compiled code; explain has no formula for them"
    return "much code: many tiles written out"


def share(block):
    return f"the {block['kind']} with {100 * block['share']:.0f} % of the multiply-adds"
