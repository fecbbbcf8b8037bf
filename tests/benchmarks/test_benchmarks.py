"""The benchmarks do the work they are timed for, and a profile stays within its memory. No test looks at a clock."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import memory, page, start

MACS = 714_188_480
CONV_BIASES = 64 * 55**2 + 192 * 27**2 + (384 + 256 + 256) * 13**2
LINEAR_BIASES = 4096 + 4096 + 1000
RELUS = CONV_BIASES + 2 * 4096
POOL_INPUTS = 64 * 55**2 + 192 * 27**2 + 256 * 13**2 + 256 * 6**2
ADAPTIVE_INPUT = 256 * 6**2
FIGURES = {
    "with netstat": MACS,
    "with thop": MACS + 2 * ADAPTIVE_INPUT,
    "with fvcore": MACS + ADAPTIVE_INPUT,
    "with torchinfo": MACS + CONV_BIASES + LINEAR_BIASES,
    "with flop counter mode": 2 * MACS,
    "with ptflops": MACS + CONV_BIASES + LINEAR_BIASES + 2 * (RELUS + POOL_INPUTS),
}
DOCS = Path(__file__).parents[2] / "docs"


def test_every_script_has_a_figure_to_print() -> None:
    assert FIGURES.keys() == {name for name in start.COMMANDS if name.startswith("with ")}


@pytest.mark.torch
@pytest.mark.peers
@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_script_prints_what_its_tool_says_of_alexnet(name: str) -> None:
    printed, seconds = start.run(start.COMMANDS[name])
    assert int(printed) == FIGURES[name]
    assert seconds > 0


def test_the_fast_profile_prints_the_whole_of_alexnet() -> None:
    printed, _ = start.run(start.COMMANDS[start.FAST])
    assert "61,100,840" in printed
    assert "714,188,480" in printed


def test_a_command_that_fails_is_an_error_that_quotes_it() -> None:
    with pytest.raises(RuntimeError, match="no such peer"):
        start.run(["-c", "raise SystemExit('no such peer')"])


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.skipif(not memory.CLEAR_REFS.exists(), reason="the peak of a process is read from Linux's /proc")
def test_profiling_vgg16_at_batch_1024_adds_less_than_50_megabytes() -> None:
    figures = memory.measure("vgg16", 1024)
    assert figures["macs"] == 1024 * 15_470_264_320
    assert figures["peak"] - figures["before"] < 50_000_000


def test_the_page_is_what_its_raw_samples_say() -> None:
    raw = json.loads((DOCS / "measurements" / "benchmarks.json").read_text(encoding="utf-8"))
    assert page.render(raw) == (DOCS / "benchmarks.md").read_text(encoding="utf-8")
