"""Just enough SVG for the pictures: a canvas of shapes, and axes that map numbers to it."""
import math
from xml.sax.saxutils import escape

INK, FAINT, PAPER = "#222222", "#dddddd", "#ffffff"


class Canvas:
    def __init__(self, width, height):
        self.width, self.height, self.shapes = width, height, []

    def rect(self, x, y, width, height, fill):
        self.shapes.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{fill}"/>')

    def line(self, points, stroke=INK, width=1.0, dash=""):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.shapes.append(f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{width:g}"{dashes}/>')

    def dot(self, x, y, fill, radius=3.0, title=""):
        tip = f"<title>{escape(title)}</title>" if title else ""
        self.shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" fill-opacity="0.8">{tip}</circle>')

    def text(self, x, y, text, anchor="start", size=11, fill=INK, bold=False):
        weight = ' font-weight="bold"' if bold else ""
        self.shapes.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}"{weight}>{escape(text)}</text>')

    def save(self, path):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:.0f}" height="{self.height:.0f}" '
                f'viewBox="0 0 {self.width:.0f} {self.height:.0f}" font-family="sans-serif">')
        paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        path.write_text("\n".join([head, paper, *self.shapes, "</svg>"]) + "\n")


class LogAxis:
    """Maps the range of some positive numbers, widened to powers of `base`, to [begin, end] of a canvas."""

    def __init__(self, numbers, begin, end, base=10.0):
        numbers = list(numbers)
        self.base, self.begin, self.end = base, begin, end
        self.low = math.floor(math.log(min(numbers), base) + 1e-9)
        self.high = max(math.ceil(math.log(max(numbers), base) - 1e-9), self.low + 1)

    def __call__(self, number):
        share = (math.log(number, self.base) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self):
        return [self.base**power for power in range(self.low, self.high + 1)]

    def clip(self, number):
        return min(max(number, self.base**self.low), self.base**self.high)


def grid(canvas, x, y, title="", x_title="", y_title=""):
    """Lines and numbers of two axes; y runs upwards (its end is above its begin)."""
    for tick in x.ticks():
        canvas.line([(x(tick), y.begin), (x(tick), y.end)], FAINT)
        canvas.text(x(tick), y.begin + 13, f"{tick:g}", "middle", 10)
    for tick in y.ticks():
        canvas.line([(x.begin, y(tick)), (x.end, y(tick))], FAINT)
        canvas.text(x.begin - 4, y(tick) + 3, f"{tick:g}", "end", 10)
    canvas.text((x.begin + x.end) / 2, y.begin + 28, x_title, "middle", 11)
    canvas.text(x.begin - 30, y.end - 8, y_title, "start", 11)
    canvas.text((x.begin + x.end) / 2, y.end - 8, title, "middle", 12, bold=True)
