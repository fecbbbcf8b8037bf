"""Pictures of a report's page and of the terminal, taken in headless Chromium: python -m tests.docs.screens.

The page is that of AlexNet as docs/measurements/report.json has it; with --measure it is made anew on this machine.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import netstat
from tests.docs.readme import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RECORD, IMAGES = ROOT / "docs" / "measurements" / "report.json", ROOT / "docs" / "images"
WIDTHS = (80, 120, 200)  # columns of a terminal
PRINTED = ["profile", "alexnet", "--fast"]
# What is kept of the machine; paths and variables of whoever measured are nobody's business.
PLACE = ("date", "platform", "cpu_model_name", "cpu_count", "python_version", "torch_version", "netstat_version")
PAPER = "body { padding: 12mm; }"  # the margins of a sheet of A4
TERMINAL = (
    "body { margin: 0; background: #0d1117; color: #e6edf3; width: max-content; }"
    "pre { margin: 0; padding: 14px; font: 13px/1.35 'DejaVu Sans Mono', monospace; }"
    ".bold { font-weight: bold; } .faint { color: #8b949e; } .red { color: #ff7b72; }"
)
ESCAPES = {"0": "</span>", "1": "<span class=bold>", "2": "<span class=faint>", "31": "<span class=red>"}


def top(page: "Page") -> dict[str, Any]:
    """What is seen first, to the end of the layers."""
    page.mouse.move(0, 0)
    box = page.locator(".layers").bounding_box()
    assert box
    return {"clip": {"x": 0, "y": 0, "width": 1280, "height": box["y"] + box["height"] + 24}, "full_page": True}


def charts(page: "Page") -> dict[str, Any]:
    """The charts, with a layer of the roofline pointed at."""
    page.locator("[data-chart=roofline] svg.drawing .mark").first.hover(force=True)
    box = page.locator("article > .charts").bounding_box()
    scrolled = page.evaluate("scrollY")
    assert box
    clip = {"x": 0, "y": box["y"] + scrolled - 24, "width": 1280, "height": box["height"] + 48}
    return {"clip": clip, "full_page": True}


def paper(page: "Page") -> dict[str, Any]:
    """The first sheet, as it is printed."""
    page.emulate_media(media="print")
    page.add_style_tag(content=PAPER)
    page.wait_for_timeout(500)  # charts are drawn anew for its width
    return {"clip": {"x": 0, "y": 0, "width": 794, "height": 1123}}


# Of each picture the window, and what of the page is on it.
SCREENS: dict[str, tuple[dict[str, Any], Callable[[Any], dict[str, Any]]]] = {
    "report-light": ({"viewport": {"width": 1280, "height": 900}}, top),
    "report-dark": ({"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}, charts),
    "report-narrow": ({"viewport": {"width": 390, "height": 1100}}, lambda page: {}),
    "report-print": ({"viewport": {"width": 794, "height": 1123}, "bypass_csp": True}, paper),
}


def images() -> list[Path]:
    """Every picture that is taken."""
    return [IMAGES / f"{name}.png" for name in (*SCREENS, *(f"terminal-{width}" for width in WIDTHS))]


def measured() -> None:
    """Keep what `netstat report alexnet` finds on this machine."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "report.json")
        subprocess.run([sys.executable, "-m", "netstat", "report", "alexnet", "-q", "-o", file], check=True, cwd=ROOT)
        record = json.loads(file.read_text(encoding="utf-8"))
    profile = record["models"][0]["profile"]
    profile["environment"] = {name: profile["environment"][name] for name in PLACE}
    RECORD.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")


def report(browser: "Browser", folder: Path) -> None:
    """The page on a screen, light and dark, on a telephone, and on paper."""
    file = folder / "report.html"
    netstat.load(RECORD).save(file)
    for name, (window, shown) in SCREENS.items():
        page = browser.new_page(**window)
        page.goto(file.as_uri())
        page.screenshot(path=IMAGES / f"{name}.png", **shown(page))
        page.close()


def terminal(browser: "Browser", width: int) -> None:
    """What a terminal of so many columns shows."""
    wanted = {"COLUMNS": str(width), "FORCE_COLOR": "1", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "netstat", *PRINTED]
    done = subprocess.run(command, env={**os.environ, **wanted}, capture_output=True, encoding="utf-8", check=True)
    page = browser.new_page(viewport={"width": 100, "height": 100})
    page.set_content(f"<style>{TERMINAL}</style><pre>{painted(done.stdout)}</pre>")
    page.locator("body").screenshot(path=IMAGES / f"terminal-{width}.png")
    page.close()


def painted(text: str) -> str:
    """Text with escape sequences of colour as HTML."""
    return re.sub(r"\x1b\[(\d+)m", lambda found: ESCAPES[found[1]], escape(text))


def main(words: list[str]) -> None:
    """Take all pictures."""
    from playwright.sync_api import sync_playwright

    if "--measure" in words:
        measured()
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        report(browser, Path(folder))
        for width in WIDTHS:
            terminal(browser, width)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
