"""The times that forecasts are fitted to, and that the fit is what the constants and the page are made by."""

import re
from pathlib import Path

import pytest

from netstat.analysis.devices import specification, specifications
from netstat.analysis.efficiency import CPU, MATRIX, VECTOR, efficiencies
from netstat.analysis.forecast import forecast
from tests.forecasts.times import Time, times

PAGE = Path(__file__).parents[2] / "docs" / "forecast.md"
UNITS = (VECTOR, MATRIX, CPU)


def test_every_time_has_a_source_at_one_version_of_it() -> None:
    assert all(re.search(r"/blob/[0-9a-f]{40}/", time.url) for time in times())
    assert all(time.source and time.software for time in times())


def test_every_time_is_of_a_device_on_paper_in_a_dtype_that_it_has() -> None:
    assert all(specification(time.device).peak(time.dtype) for time in times())


def test_no_time_stands_twice() -> None:
    seen = [(time.model, time.batch, time.device, time.dtype, time.phase, time.source) for time in times()]
    assert len(seen) == len(set(seen))


def test_no_time_is_shorter_than_the_arithmetic_allows() -> None:
    """Three times the peak is out of reach for any algorithm in use; a slip of a digit is not."""
    macs = {"alexnet": 714_188_480, "vgg16": 15_470_264_320, "vgg19": 19_632_062_464, "vgg11": 7_609_090_048}
    known = [time for time in times() if time.model.removeprefix("timm:") in macs and time.phase == "forward"]
    assert len(known) > 15
    for time in known:
        done = 2 * time.batch * macs[time.model.removeprefix("timm:")] / time.seconds
        assert 0.05 < done / specification(time.device).peak(time.dtype) < 3


@pytest.mark.parametrize("units", UNITS)
def test_the_constants_name_the_devices_and_times_they_were_fitted_to(units: str) -> None:
    counted = [time for time in times() if time.units == units and not time.apart]
    assert efficiencies()[units].times == len(counted)
    assert list(efficiencies()[units].devices) == list(dict.fromkeys(time.device for time in counted))


def test_the_page_has_a_row_for_every_time_and_every_device() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    for time in times():
        start = f"| {time.device} | {time.model} | {time.phase} | {time.batch} | {time.dtype} |"
        assert any(row.startswith(start) and time.url in row for row in rows)
    assert all(any(row.startswith(f"| {name} | ") for row in rows) for name in specifications())


def test_the_page_shows_the_constants_in_use() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for row in ("interval", "on a device without times"):
        name = "factor" if row == "interval" else "unseen_factor"
        cells = " | ".join(f"÷ and × {getattr(efficiencies()[units], name):g}" for units in UNITS)
        assert f"| {row} | {cells} |" in text


@pytest.mark.torch
@pytest.mark.parametrize(
    "time", [time for time in times() if ":" not in time.model and not time.apart][:6], ids=lambda time: time.phase
)
def test_the_fit_works_with_the_model_of_the_forecast(time: Time) -> None:
    from tests.forecasts.fit import case_of, seconds
    from tests.forecasts.times import graph_of

    known = efficiencies()[time.units]
    constants = (*known.shares.values(), known.operator_seconds, known.launch_seconds)
    graph = graph_of(time.model, time.batch, time.dtype)
    made = forecast(graph, specification(time.device), time.dtype, training=time.phase != "forward")
    part = {"forward": made.forward_seconds, "backward": made.backward_seconds, "training": made.seconds}[time.phase]
    assert seconds(case_of(time), constants) == pytest.approx(part, rel=1e-9)


@pytest.mark.torch
@pytest.mark.slow
def test_the_command_makes_the_constants_and_the_page_that_are_there() -> None:
    pytest.importorskip("timm")
    from tests.forecasts.constants import FILE, fitted, text
    from tests.forecasts.page import render

    assert FILE.read_text(encoding="utf-8") == text(fitted())
    assert PAGE.read_text(encoding="utf-8") == render()
