"""Layers under the roofs in a terminal: beside their times, and sorted by what is lost."""

from dataclasses import replace

import pytest

from netstat.reports.table import benchmark_text, lost_text, record_text
from tests.records.ceilings_made import CEILING, CEILINGS
from tests.reports.samples import ALEXNET_PROFILE, CPU, ROOFLINE


def shown(width: int = 120) -> list[str]:
    return benchmark_text([CPU], ALEXNET_PROFILE.layers, "alexnet", width, rooflines=[ROOFLINE]).splitlines()


def row(lines: list[str], name: str) -> list[str]:
    return next(line for line in lines if line.startswith(f"{name} ")).split()


def test_a_layer_stands_beside_its_roof() -> None:
    lines = shown()
    first = next(time for time in CPU.layers if time.path == "features.0")
    assert first.median_seconds == 1e-6 + 70_276_800 / 20e9
    assert row(lines, "features.0")[-7:] == ["compute", "2.812", "ms", "80", "%", "703", "µs"]


def test_a_layer_too_short_to_tell_has_no_efficiency() -> None:
    assert row(shown(), "features.1")[-2:] == ["-", "-"]


def test_the_whole_has_the_sum_of_the_bounds() -> None:
    whole = row(shown(), "whole")
    assert whole[-3] == "%"
    assert float(whole[-4]) == round(100 * ROOFLINE.bound_seconds / CPU.median_seconds)


def test_the_roofs_and_how_much_they_explain_are_said() -> None:
    text = "\n".join(shown())
    assert "ceilings    100 GFLOP/s; 200 GB/s from L2, 100 GB/s from L3, 40 GB/s from memory" in text
    assert "of the time, layer by layer; FLOPs alone" in text


def test_a_layer_over_its_roof_is_a_message() -> None:
    (line,) = (line for line in shown(400) if line.startswith("over 100 %"))
    assert "classifier.6 ran at 200.0 % of the compute roof: its algorithm does fewer operations than are coun" in line
    assert line.endswith("netstat ceilings --again measures them anew")


def test_without_a_roofline_nothing_is_said_of_roofs() -> None:
    assert "roof" not in benchmark_text([CPU], ALEXNET_PROFILE.layers, "alexnet", 120)


def test_ceilings_taken_in_a_hurry_or_on_a_busy_machine_are_said_to_be() -> None:
    doubtful = replace(ROOFLINE, ceiling=replace(CEILING, short=True, warnings=("cpu_starved",)))
    text = benchmark_text([CPU], ALEXNET_PROFILE.layers, "alexnet", 400, rooflines=[doubtful])
    assert "ceilings were measured for a second only" in text
    assert "the process got less CPU time than its threads could use" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_view_of_what_is_lost_fits_and_is_sorted(width: int) -> None:
    lines = lost_text([ROOFLINE], "alexnet", width).splitlines()
    assert all(len(line) <= width for line in lines)
    rules = [number for number, line in enumerate(lines) if line.startswith("---")]
    names = [line.split()[0] for line in lines[rules[0] + 1 : rules[1]]]
    assert names == [layer.path or "(model)" for layer in ROOFLINE.lost]
    assert names[0] == "unattributed"
    assert names[-1] == "classifier.6"  # faster than its roof
    assert lines[rules[1] + 1].startswith("whole ")


def test_what_is_lost_is_said_in_a_sentence() -> None:
    lost = ROOFLINE.measured_seconds - ROOFLINE.bound_seconds
    (line,) = (line for line in lost_text([ROOFLINE], "alexnet", 200).splitlines() if line.startswith("lost "))
    assert f"{1000 * lost:.4g} ms" in line
    assert "four fifths of it in " in line


def test_ceilings_are_shown_by_probe_and_by_working_set() -> None:
    text = record_text(CEILINGS, 120)
    assert "compute · cpu (Example CPU) · float32 · 2 threads" in text
    assert "memory · cuda (Example GPU) · bfloat16 · 2 threads" in text
    assert "balance   2.5 FLOPs per byte from memory" in text
    assert text.count("of the best") == 4
    assert "A100-class GPUs reach 312 TFLOP/s" in text
    assert "so with 2 threads; 21 threads as fast as these would pass it" in text
