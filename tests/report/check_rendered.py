#!/usr/bin/env python3
"""check_rendered.py CONVFORGE MODEL: `convforge report` of a small model as a browser shows it: no error on its console, nothing that is
fetched, a picture at both widths and in both colour schemes, rows that are sorted. Exit status 77: there is no Chromium
(scripts/deps.sh --browser), which fails where CONVFORGE_REQUIRE_TOOLS is set."""
import html.parser
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77
VOID = {"meta", "link", "br", "img", "input"}
# A framework that answers as those do, with a name that would be markup.
FRAMEWORK = """#!/bin/sh
echo a framework prints what it likes
echo '{"name": "<script>Fake</script> 1.0", "seconds": 0.001}'
"""
SORT = """<script>
const [titles, body] = [document.querySelectorAll(".steps thead button"), document.querySelector(".steps").tBodies[0]];
const column = i => [...body.rows].map(row => +row.cells[i].dataset.value);
const before = column(2);
titles[2].click();
const down = column(2);
titles[2].click();
const up = column(2);
document.title = JSON.stringify({before, down, up, sorted: titles[2].parentElement.ariaSort});
</script></body>"""


class Balance(html.parser.HTMLParser):
    """Fails on an element that is not closed in its turn, and on an id or attribute that names something to fetch."""

    def __init__(self):
        super().__init__()
        self.open, self.names = [], set()

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        for name, value in attributes:
            assert name not in ("src", "srcset", "action"), (tag, name)
            assert name != "href" or value == "data:,", (tag, value)
            assert not name.startswith("on"), (tag, name)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.names.add(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
        self.open.pop()


def check_markup(page):
    balance = Balance()
    balance.feed(page.read_text(encoding="utf-8"))
    balance.close()
    assert not balance.open, balance.open
    assert {"svg", "circle", "details", "table"} <= balance.names, balance.names


def browse(chromium, page, *flags):
    """What the browser prints, without an error on the page's console."""
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}",
                   "--enable-logging=stderr", *flags, page.as_uri()]
        result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    console = [line for line in result.stderr.splitlines() if "CONSOLE" in line]
    assert not console, console
    return result.stdout


def check_picture(chromium, page, picture, width, dark):
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    browse(chromium, page, f"--screenshot={picture}", f"--window-size={width},1600", *scheme)
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    size = struct.unpack(">II", data[16:24])
    assert size == (width, 1600), size
    assert len(data) > 20000, f"{len(data)} bytes: an empty page"
    return data


def check_sorting(chromium, page):
    clicked = page.with_name("clicked.html")
    clicked.write_text(page.read_text(encoding="utf-8").replace("</body>", SORT), encoding="utf-8")
    title = re.search(r"<title>(.*?)</title>", browse(chromium, clicked, "--dump-dom"))[1]
    found = json.loads(title)
    assert found["down"] == sorted(found["before"], reverse=True), found
    assert found["up"] == sorted(found["before"]), found
    assert found["sorted"] == "ascending", found


def make_page(convforge, model, folder):
    """The page, and what the command prints as JSON beside it."""
    python = folder / "python"
    python.write_text(FRAMEWORK)
    python.chmod(0o755)
    named = folder / "<b>evil.keras"
    shutil.copy(model, named)
    page = folder / "report.html"
    command = [convforge, "report", named, "--out", page, "--json", "--seconds", "0.1", "--python", python]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True).stdout
    return page, json.loads(printed)


def check_content(page, report):
    text = page.read_text(encoding="utf-8")
    assert "<b>" not in text and "<script>Fake" not in text
    assert report["frameworks"] == [{"name": "<script>Fake</script> 1.0", "seconds": 0.001}], report["frameworks"]
    assert text.count('<th scope="row"><span class="name">') == len(report["steps"]) > 5
    kernels = [step for step in report["steps"] if step["kernel"]]
    assert len(kernels) == report["coverage"]["convolutions"] == text.count("<circle "), len(kernels)
    assert 0 < report["totals"]["step_seconds"] < 1.5 * report["totals"]["network_seconds"], report["totals"]
    assert not report["coverage"]["missing"], report["coverage"]


def main():
    convforge, model = sys.argv[1:]
    chromium = shutil.which("chromium")
    if not chromium:
        print("no chromium: scripts/deps.sh --browser installs it")
        return 1 if os.environ.get("CONVFORGE_REQUIRE_TOOLS") else SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        page, report = make_page(convforge, model, folder)
        check_content(page, report)
        check_markup(page)
        pictures = {check_picture(chromium, page, folder / "picture.png", width, dark) for width in (1280, 500) for dark in (False, True)}
        assert len(pictures) == 4, "colour schemes or widths look the same"
        check_sorting(chromium, page)
    print(f"{len(report['steps'])} steps, 4 pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
