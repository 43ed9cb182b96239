"""The pictures of docs/performance.md: bars of time against each peer, the roofline, how time grows."""
from svg import FAINT, INK, Canvas, LogAxis, grid

COLOURS = {"ours": "#d62728", "onednn": "#1f77b4", "openvino": "#17becf", "onnxruntime": "#2ca02c", "ncnn": "#9467bd",
           "mnn": "#8c564b", "litert": "#ff7f0e"}
OTHERS = ["#7f7f7f", "#bcbd22", "#e377c2"]
LONGEST = 3.0  # times the fastest peer: longer bars are cut, their figure stands beside them


def colour(index, name):
    return COLOURS.get(name, OTHERS[index % len(OTHERS)])


def legend(canvas, names, y):
    x = 150.0
    for index, name in enumerate(names):
        canvas.rect(x, y - 9, 10, 10, colour(index, name))
        canvas.text(x + 14, y, "ConvForge" if name == "ours" else name)
        x += 30 + 6.3 * (9 if name == "ours" else len(name))


def bars(path, title, rows, contestants):
    """`rows`: (layer, {contestant: us}, fastest peer's us). A bar is a time over the fastest peer's: ours should end left of 1."""
    bar, left, right = 4, 150, 690
    step = bar * len(contestants) + 8
    canvas = Canvas(760, 64 + step * len(rows))
    canvas.text(left, 18, title, bold=True, size=13)
    legend(canvas, contestants, 38)
    scale = (right - left) / LONGEST
    for tick in (0.5, 1, 1.5, 2, 2.5, 3):
        x = left + tick * scale
        canvas.line([(x, 48), (x, canvas.height - 14)], INK if tick == 1 else FAINT)
        canvas.text(x, canvas.height - 3, f"{tick:g}", "middle", 10)
    for index, (layer, times, best) in enumerate(rows):
        top = 52 + index * step
        canvas.text(left - 6, top + step / 2, layer, "end", 11)
        for place, name in enumerate(contestants):
            if name in times:
                ratio = times[name] / best
                canvas.rect(left, top + place * bar, min(ratio, LONGEST) * scale, bar - 0.5, colour(place, name))
                if ratio > LONGEST:
                    canvas.text(right + 3, top + place * bar + 5, f"{ratio:.1f}", size=7)
    canvas.save(path)


def roofline(path, runs, title):
    """One dot a layer: operations a byte moved, GF/s. Roofs: the FMA peak, and the copies measured at the largest and the
    smallest working set."""
    canvas = Canvas(760, 460)
    x = LogAxis([run["operations_per_byte"] for run in runs], 60, 740)
    peak = max(run["peak_gflops"] for run in runs)
    y = LogAxis([run["gflops"] for run in runs] + [peak], 410, 50)
    grid(canvas, x, y, title, "operations of the direct method per byte moved at least once", "GF/s")
    canvas.line([(x.begin, y(peak)), (x.end, y(peak))], INK, 1.5)
    canvas.text(x.end - 4, y(peak) - 5, f"FMA peak {peak:.0f} GF/s", "end")
    for run in (min(runs, key=lambda r: r["bytes_moved"]), max(runs, key=lambda r: r["bytes_moved"])):
        bandwidth, size = run["bandwidth_gbytes"], run["bytes_moved"]
        ends = [max(x.base**x.low, y.base**y.low / bandwidth), min(peak / bandwidth, x.base**x.high)]
        if ends[0] < ends[1]:
            canvas.line([(x(end), y(y.clip(end * bandwidth))) for end in ends], INK, 1.2, "5 3")
            canvas.text(x(ends[0]) + 6, y(y.clip(ends[0] * bandwidth)) - 8, f"{bandwidth:.0f} GB/s (copy of {size / 1e6:.3g} MB)")
    for index, name in enumerate(sorted({run["list"] for run in runs})):
        shade = list(COLOURS.values())[index]
        canvas.dot(640, 340 + 15 * index, shade)
        canvas.text(648, 344 + 15 * index, name)
        for run in runs:
            if run["list"] == name:
                canvas.dot(x(run["operations_per_byte"]), y(run["gflops"]), shade, title=f"{run['name']}: {run['gflops']:.0f} GF/s")
    canvas.save(path)


def growth(path, series, title):
    """`series`: {what grows: [(value, us, algorithm)]}, a panel each. The dashed line grows as the work does."""
    width, height = 250, 250
    canvas = Canvas(3 * width + 20, -(-len(series) // 3) * height + 30)
    canvas.text(20, 18, title, size=13, bold=True)
    for index, (name, points) in enumerate(series.items()):
        left, top = (index % 3) * width + 50, (index // 3) * height + 60
        x = LogAxis([value for value, _, _ in points], left, left + width - 75, 2)
        y = LogAxis([us for _, us, _ in points], top + height - 100, top)
        grid(canvas, x, y, name, "", "us")
        first, _, _ = points[0]
        exponent = {"H = W": 2, "threads": -1}.get(name, 1)
        last_value, last_us, _ = points[-1]
        ideal = [(value, last_us * (value / last_value) ** exponent) for value, _, _ in points]
        if name == "threads":
            ideal = [(value, points[0][1] * first / value) for value, _, _ in points]
        canvas.line([(x(v), y(y.clip(us))) for v, us in ideal], INK, 1, "4 3")
        canvas.line([(x(value), y(us)) for value, us, _ in points], COLOURS["ours"], 1.5)
        for value, us, algorithm in points:
            canvas.dot(x(value), y(us), COLOURS["ours"], title=f"{name} {value}: {us:.1f} us, {algorithm}")
    canvas.save(path)
