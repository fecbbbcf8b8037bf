"""The page of a report of 5,000 layers in headless Chromium: from a click until the next frame is on the screen."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.benchmarks.sampling import row
from tests.benchmarks.start import ROOT, environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from torch import nn

STAGES, BLOCKS, SIDE = 20, 50, 32
LOAD, SCROLL = "load, until the layers can be used", "one frame while scrolling"
AFTER_A_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
# What is done, in the order of a reader, each on what the one before it left.
ACTIONS = {
    "unfold all modules": "button('Unfold all').click()",
    "sort the tree by MACs": "heading('MACs').click()",
    "show the layers as a list": "button('List').click()",
    "sort all layers by parameters": "heading('params').click()",
    "sort all layers by operator": "heading('operator').click()",
    "search for words": "search('stage7 conv')",
    "search for nothing": "search('')",
}
TAKE = """async (action) => {
    const named = (name) => (each) => each.textContent.replace(/ [↑↓]$/, "") === name;
    const button = (name) => [...document.querySelectorAll(".toolbar button")].find(named(name));
    const heading = (name) => [...document.querySelectorAll(".head button")].find(named(name));
    const search = (words) => {
      const field = document.querySelector("input[type=search]");
      field.value = words;
      field.dispatchEvent(new Event("input", {bubbles: true}));
    };
    const begun = performance.now();
    ACTION;
    return await FRAME - begun;
}"""
FRAMES = """async (count) => {
    const grid = document.querySelector(".grid");
    const times = [];
    for (let i = 0; i <= count; i += 1) {
      grid.scrollTop += 300;
      times.push(await new Promise(requestAnimationFrame));
    }
    return times;
}"""


def layers() -> "nn.Sequential":
    """Twenty stages of fifty blocks of five layers, on the meta device; each stage is wider than the one before it."""
    import torch
    from torch import nn

    def block(channels: int, width: int) -> nn.Sequential:
        first, second = nn.Conv2d(channels, width, 3, padding=1), nn.Conv2d(width, width, 1)
        names = ("conv", "norm", "relu", "project", "act")
        parts = (first, nn.BatchNorm2d(width), nn.ReLU(), second, nn.GELU())
        made = nn.Sequential()
        for name, part in zip(names, parts, strict=True):
            made.add_module(name, part)
        return made

    whole = nn.Sequential()
    with torch.device("meta"):
        for stage in range(STAGES):
            width = 8 + stage
            blocks = (block(width - (not i and stage > 0), width) for i in range(BLOCKS))
            whole.add_module(f"stage{stage}", nn.Sequential(*blocks))
    return whole


def measure(repeats: int) -> dict[str, Any]:
    """Samples of everything a reader does, the size of that page, and that of AlexNet with every section."""
    from playwright.sync_api import sync_playwright

    import netstat

    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        large, alexnet = Path(folder, "large.html"), Path(folder, "alexnet.html")
        report = netstat.report(layers(), input_shape=(8, SIDE, SIDE), crosscheck=False, time=False)
        report.save(large)
        whole_report_of_alexnet(alexnet)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        samples = taken(browser, large.as_uri(), repeats)
        version = browser.version
        browser.close()
        return {
            "chromium": version,
            "layers": len(report.models[0].profile.layers),
            "bytes": {"large": large.stat().st_size, "alexnet": alexnet.stat().st_size},
            "rows": [row(name, found) for name, found in samples.items()],
        }


def whole_report_of_alexnet(file: Path) -> None:
    """As the command makes it: cross-check, times, memory, derivations."""
    command = [sys.executable, "-m", "netstat", "report", "alexnet", "-q", "-o", str(file)]
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True)


def taken(browser: "Browser", address: str, repeats: int) -> dict[str, list[float]]:
    """Seconds of each action, of pages opened one after the other; a first one, which warms caches, is dropped."""
    samples: dict[str, list[float]] = {name: [] for name in (LOAD, *ACTIONS, SCROLL)}
    for turn in range(repeats + 1):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for name, seconds in of_one(page, address):
            if turn:
                samples[name].append(seconds)
        page.close()
    return samples


def of_one(page: "Page", address: str) -> Iterator[tuple[str, float]]:
    """What a page takes for each action, one sample each, and for each of sixty frames."""
    page.goto(address)
    yield LOAD, page.evaluate(f"async () => await {AFTER_A_FRAME}") / 1000
    for name, action in ACTIONS.items():
        code = TAKE.replace("ACTION", action).replace("FRAME", AFTER_A_FRAME)
        yield name, page.evaluate(code) / 1000
    for before, after in pairwise(page.evaluate(FRAMES, 60)):
        yield SCROLL, (after - before) / 1000
