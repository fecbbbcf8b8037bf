"""docs/charts.md and the pictures of README.md and docs/: all of them are there, and no other."""

import re
from pathlib import Path
from typing import Any

import pytest
from readme import examples

from netstat import profile
from netstat.cli._arguments import parse
from netstat.registry import CHARTS
from netstat.units import scaled
from tests.docs import pictures

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n"


def test_the_page_is_what_the_charts_say_of_themselves() -> None:
    assert pictures.PAGE.read_text(encoding="utf-8") == pictures.page()


def test_every_chart_has_one_picture() -> None:
    assert sorted(name for names in pictures.COMMANDS.values() for name in names) == sorted(CHARTS.names())


def test_the_pictures_are_those_that_the_command_writes() -> None:
    assert set(pictures.IMAGES.rglob("*.png")) == set(pictures.images())
    assert all(path.read_bytes().startswith(PNG) for path in pictures.images())


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(pictures.DOCS.glob("*.md"))], ids=lambda page: page.name)
def test_a_picture_that_a_page_shows_is_there(page: Path) -> None:
    shown = re.findall(r"!\[[^\]]*\]\(([^)]+\.png)\)", page.read_text(encoding="utf-8"))
    assert all((page.parent / path).resolve() in pictures.images() for path in shown)


@pytest.mark.parametrize("command", pictures.COMMANDS)
def test_a_command_of_the_page_is_understood(command: str) -> None:
    run, options = parse([*command.split(), "--charts", "charts"])
    assert callable(run)
    assert options.charts == "charts"


@pytest.mark.charts
def test_the_example_of_the_page_draws() -> None:
    (example,) = examples(pictures.page(), "python")
    names: dict[str, Any] = {}
    exec(example, names)
    titles = [names[side].get_title(loc="left") for side in ("left", "right")]
    assert titles == [f"MACs: {scaled(profile(model).totals.macs)}" for model in ("alexnet", "vgg16")]
