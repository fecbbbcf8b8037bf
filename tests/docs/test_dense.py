"""What docs/dense.md shows is what happens."""

import re
from pathlib import Path

import pytest
from readme import DENSE, blocks, examples, output_of, run

import netstat

TEXT = DENSE.read_text(encoding="utf-8")
PRINTS = re.compile(r"print\(.*\)  # (.*)")


def test_the_page_shows_four_outputs() -> None:
    assert len(blocks(TEXT)) == 4


@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_on_the_page_is_the_commands_output(command: str, shown: str) -> None:
    assert output_of(command) == shown


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize("code", examples(TEXT, "python"))
def test_the_example_prints_what_its_comments_say(code: str, tmp_path: Path) -> None:
    done = run(["-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == PRINTS.findall(code)


def test_the_figures_of_the_text_are_those_of_now() -> None:
    for name, divisions in (("alexnet", "9,216"), ("vgg16", "25,088")):
        flops = [netstat.profile(name, fully_convolutional=form).totals.flops for form in (False, True)]
        assert f"{flops[0] - flops[1]:,}" == divisions
        assert divisions in TEXT
    head = [row for row in netstat.profile("alexnet").layers if row.op == "linear"]
    assert f"{sum(row.macs for row in head) / 1e6:.1f} million weights" in TEXT
    assert netstat.views("vgg16").field == (404, 404)
