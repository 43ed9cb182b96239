"""The text of docs/performance.md."""
import math

INTRODUCTION = """# Performance

Made by `scripts/performance.sh`; do not edit. Anyone can run it again: `scripts/performance.sh --help`. Times are
microseconds of one call, the minimum over interleaved rounds, f32, epilogue `bias,relu`, weights packed before. Operations are
2 x multiply-adds of the direct method, padding included, so Winograd can pass 100 % of the FMA peak.
What was tried, and why a layer is where it is: [performance-notes.md](performance-notes.md). Other machines: [performance-machines.md](performance-machines.md).
"""

SLOWER = 1 / 1.05  # the fastest peer's time / ours: below it a layer counts as slower


def geomean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else float("nan")


def us(number):
    return f"{number:.0f}" if number >= 1000 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def table(titles, rows):
    """Markdown; every column but the first is numbers."""
    lines = [titles, ["---"] + ["---:"] * (len(titles) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def short(name):
    return name.split(":")[-1]


def usable(row):
    """Whether a layer of the comparison has our time and a peer's."""
    return bool(row["best"]) and "us" in row["results"].get("ours", {})


def peer_times(row):
    return {name: result["us"] for name, result in row["results"].items() if "us" in result and not result["wrong"]}


def speedup(row):
    return row["results"][row["best"]]["us"] / row["results"]["ours"]["us"]


def compared_lists(data):
    """[(list, its layers that have our time and a peer's)], all layers together last."""
    lists = [(file["file"], [row for row in file["layers"] if usable(row)]) for file in data["files"]]
    return [*lists, ("all", [row for _, rows in lists for row in rows])]


def comparison_summary(data):
    peers = [name for name in data["contestants"] if name != "ours"]
    rows = []
    for name, layers in compared_lists(data):
        against = [geomean(times[peer] / times["ours"] for times in map(peer_times, layers) if peer in times and "ours" in times)
                   for peer in peers]
        slower = sum(speedup(row) < SLOWER for row in layers)
        percent = geomean(row["results"]["ours"]["percent"] for row in layers)
        rows.append([name, len(layers), f"**{geomean(map(speedup, layers)):.2f}**", slower, f"{percent:.0f}", *(f"{x:.2f}" for x in against)])
    return table(["list", "layers", "fastest peer / ours", "slower by > 5 %", "% of FMA peak", *(f"{peer} / ours" for peer in peers)], rows)


def comparison_table(layers, peers):
    rows = []
    for row in layers:
        times = peer_times(row)
        rows.append([short(row["name"]), us(times["ours"]) if "ours" in times else "-",
                     *(us(times[peer]) if peer in times else "-" for peer in peers), row["best"], f"{speedup(row):.2f}",
                     f"{row['results']['ours']['percent']:.0f}", row["results"]["ours"].get("info", "").split()[0]])
    return table(["layer", "ours", *peers, "fastest peer", "its time / ours", "% of peak", "algorithm"], rows)


def slower_layers(data):
    rows = [[row["name"], us(row["results"]["ours"]["us"]), us(row["results"][row["best"]]["us"]), row["best"], f"{speedup(row):.2f}"]
            for row in compared_lists(data)[-1][1] if speedup(row) < SLOWER]
    if not rows:
        return "No layer is slower than its fastest peer by more than 5 %.\n"
    return "Slower than the fastest peer by more than 5 %:\n\n" + table(["layer", "ours", "fastest peer", "which", "its time / ours"], rows)


def comparison(data):
    peers = [name for name in data["contestants"] if name != "ours"]
    versions = ", ".join(f"{name} {version}" for name, version in data["versions"].items() if name in peers)
    text = (f"\n## Beside other libraries\n\nMeasured on {data['date']}, {data['cpu']}, {data['threads']} thread(s), {data['rounds']} "
            f"rounds of {data['slice']} s; {versions}. A figure above 1 says that ours is faster; means are geometric.\n\n"
            f"{comparison_summary(data)}\n{slower_layers(data)}")
    for name, layers in compared_lists(data)[:-1]:
        if layers:
            text += f"\n### {name}\n\n![times of {name}](pictures/bars_{name}.svg)\n\n{comparison_table(layers, peers)}"
    return text


def exact_math(data):
    """The list beside oneDNN, Winograd forbidden to us."""
    layers = compared_lists(data)[-1][1]
    peers = [name for name in data["contestants"] if name != "ours"]
    versions = ", ".join(f"{name} {version}" for name, version in data["versions"].items() if name in peers)
    names = ", ".join(name for name, rows in compared_lists(data)[:-1] if rows)
    slower = [short(row["name"]) for row in layers if speedup(row) < 1]
    return (f"\n## With --math exact, beside oneDNN\n\nMeasured on {data['date']}, {data['cpu']}, {data['threads']} thread(s), "
            f"{data['rounds']} rounds of {data['slice']} s, {names}; {versions}. Every kernel of ours is the plain sum, and oneDNN takes "
            f"whichever of its own is the fastest. oneDNN's time / ours, geometric mean of {len(layers)} layers: "
            f"**{geomean(map(speedup, layers)):.3f}**. Below 1: {', '.join(slower) or 'none'}.\n\n{comparison_table(layers, peers)}")


def measured_on(runs, rounds=None):
    """`rounds`: their number and seconds, where they are not those of all runs."""
    number, seconds = rounds or (runs["rounds"], runs["seconds"])
    return f"Measured on {runs['date']}, {runs['cpu']}, {number} rounds of {seconds} s, one thread"


def roofline(runs):
    nhwc = [run for run in runs["layers"] if run["layout"] == "nhwc"]
    rows = []
    for name in dict.fromkeys(run["list"] for run in nhwc):
        mine = [run for run in nhwc if run["list"] == name]
        rows.append([name, len(mine), f"{geomean(r['gflops'] for r in mine):.0f}", f"{geomean(r['percent_of_peak'] for r in mine):.0f}",
                     f"{geomean(r['percent_of_roofline'] for r in mine):.0f}"])
    return (f"\n## Beside the machine's limits\n\n{measured_on(runs)}. The roof of a layer is the smaller of the FMA peak and "
            "its operations per byte times the copy bandwidth measured at the layer's own working set; bytes are input, packed "
            "weights, bias and output, each once.\n\n![roofline](pictures/roofline.svg)\n\n"
            + table(["list", "layers", "GF/s", "% of FMA peak", "% of roof"], rows))


def layouts(runs):
    text = f"\n## NHWC beside NCHW\n\n{measured_on(runs)}. [nchw.md](nchw.md) says how NCHW is computed.\n"
    by_layer = {}
    for run in runs["layers"]:
        by_layer.setdefault((run["list"], run["name"]), {})[run["layout"]] = run
    for name in dict.fromkeys(stem for stem, _ in by_layer):
        rows, ratios = [], []
        for (stem, layer), both in by_layer.items():
            if stem == name and len(both) == 2:
                nhwc, nchw = both["nhwc"], both["nchw"]
                ratios.append(nchw["min_us"] / nhwc["min_us"])
                rows.append([layer, us(nhwc["min_us"]), f"{nhwc['percent_of_peak']:.0f}", nhwc["algorithm"], us(nchw["min_us"]),
                             f"{nchw['percent_of_peak']:.0f}", nchw["algorithm"], f"{ratios[-1]:.2f}"])
        rows.append(["geometric mean", "", "", "", "", "", "", f"{geomean(ratios):.2f}"])
        text += f"\n### {name}, both layouts\n\n" + table(
            ["layer", "NHWC us", "% of peak", "algorithm", "NCHW us", "% of peak", "algorithm", "NCHW / NHWC"], rows)
    return text


def threads(runs):
    if not runs["threads"]:
        return ""
    ratio = [run["one"] / run["two"] for run in runs["threads"]]
    rows = [[run["name"], us(run["one"]), us(run["two"]), f"{run['one'] / run['two']:.2f}"] for run in runs["threads"]]
    return (f"\n## Two threads\n\n{measured_on(runs, runs.get('shared_rounds'))} and on two, in turn; layers of at "
            f"least 50 million operations. Two threads are {geomean(ratio):.2f} times as fast as one (geometric mean), at least 1.8 times on {sum(r >= 1.8 for r in ratio)} of {len(ratio)}. "
            "The results are the same bits.\n\n" + table(["layer", "one us", "two us", "one / two"], rows))


def growth(runs):
    text = (f"\n## How time grows\n\n{measured_on(runs)} but where threads grow. One of C, K, H = W or batch of a 3x3 layer grows "
            "(64 channels, 56x56, 64 output channels, padding 1); threads share one of 128 to 128 channels. Dashed: in step "
            "with the work.\n\n![how time grows](pictures/growth.svg)\n")
    for name, points in runs["growth"].items():
        text += "\n" + table([name, *(str(value) for value, _, _ in points)],
                             [["us", *(us(time) for _, time, _ in points)], ["algorithm", *(algorithm for _, _, algorithm in points)]])
    return text


def page(runs, compared, exact):
    return INTRODUCTION + (comparison(compared) if compared else "") + (exact_math(exact) if exact else "") + roofline(runs) + layouts(runs) + threads(runs) + growth(runs)
