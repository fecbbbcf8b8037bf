"""Outputs whose layout is kept in `golden/`, each at three widths: how they look, and no evidence for any number."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import netstat
from netstat.cli._listed import models
from netstat.records.view import View
from netstat.reports.table import crosscheck_text, layers_text, record_text, tables_text
from tests.reports.samples import ALEXNET_PROFILE, CHECKS, CPU
from tests.reports.test_sweep_tables import WITH_INTERVALS

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (80, 120, 200)


class Layout(NamedTuple):
    """An output by name; `torch` where it takes torch to make it."""

    name: str
    text: Callable[..., str]
    torch: bool = False

    def files(self) -> Iterator[tuple[Path, Callable[[], str]]]:
        """Where it is kept at each width, and as ASCII at the narrowest; and what makes the text."""
        for width in WIDTHS:
            yield GOLDEN / f"{self.name}-{width}.txt", lambda width=width: self.text(width)  # type: ignore[misc]
        yield GOLDEN / f"{self.name}-ascii.txt", lambda: self.text(WIDTHS[0], unicode=False)


@cache
def resnet50() -> Any:
    return netstat.profile("torchvision:resnet50")


TIMED = replace(WITH_INTERVALS, benchmarks=(CPU,), failures=(), relative_ci95=())
LAYOUTS = [
    Layout("layers", lambda width, **style: layers_text(ALEXNET_PROFILE, width, **style)),
    Layout("tree", lambda width, **style: layers_text(resnet50(), width, View(tree=True), **style), torch=True),
    Layout("crosscheck", lambda width, **style: record_text(CHECKS, width, **style)),
    Layout("bill", lambda width, **style: crosscheck_text(CHECKS.crosscheck, "alexnet", width, **style)),
    Layout("times", lambda width, **style: record_text(TIMED, width, **style)),
    Layout("ways", lambda width, **style: record_text(WITH_INTERVALS, width, **style)),
    Layout("compare", lambda width, **s: record_text(netstat.compare("alexnet", "vgg16", "vgg19_bn"), width, **s)),
    Layout("memory", lambda width, **style: record_text(netstat.memory("alexnet", training=False), width, **style)),
    Layout("models", lambda width, **style: tables_text(models(), width, **style)),
]


def outdated(torch: bool) -> dict[Path, str]:
    """What is kept otherwise than it is now, with the text as it is now; of layouts that take torch, or of the others.

    Files that no layout is kept in come with no text.
    """
    chosen = [file for layout in LAYOUTS if layout.torch is torch for file in layout.files()]
    texts = {path: text() for path, text in chosen}
    named = {path for layout in LAYOUTS for path, _ in layout.files()}
    return {
        **{path: text for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text},
        **dict.fromkeys(set(GOLDEN.glob("*.txt")) - named, ""),
    }
