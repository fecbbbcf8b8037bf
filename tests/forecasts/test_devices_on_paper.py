"""What makers state hangs together, whoever copied it."""

import pytest

from netstat.analysis.devices import DTYPES, Specification, specification, specifications
from netstat.analysis.efficiency import CPU, MATRIX, VECTOR, efficiencies, units_of
from netstat.analysis.work import FAMILIES
from netstat.errors import UsageError

DEVICES = list(specifications().values())
by_name = pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
ASKED_FOR = (
    "gtx-580", "gtx-580-3gb", "k40", "titan-x-maxwell", "titan-x-pascal", "v100", "a100-40gb", "a100", "h100",
    "h100-pcie", "h200", "rtx-3090", "rtx-4060-laptop", "rtx-4090", "rtx-5090",
)  # fmt: skip


@by_name
def test_cores_times_clock_times_operations_are_the_peak(device: Specification) -> None:
    if device.name == "m2-gpu":  # its maker states no clock
        assert not device.lanes
        return
    product = sum(cores * clock * operations for cores, clock, operations in device.lanes)
    assert product == pytest.approx(device.peaks["fp32"], rel=0.01)


@by_name
def test_bits_times_transfers_are_the_bandwidth(device: Specification) -> None:
    if device.bus is None:
        assert device.name == "m2-gpu"
        return
    bits, transfers = device.bus
    assert bits / 8 * transfers == pytest.approx(device.bytes_per_second, rel=0.015)


@by_name
def test_every_figure_has_a_source_and_every_check_a_day(device: Specification) -> None:
    assert all(device.sources)
    assert len(device.sources) >= 1
    assert bool(device.checked) == bool(device.against)


@by_name
def test_units_are_those_that_the_names_say(device: Specification) -> None:
    assert device.kind in ("gpu", "cpu")
    assert device.peaks.keys() <= set(DTYPES)
    assert all(1e11 < peak < 1e16 for peak in device.peaks.values())
    assert 1e10 < device.bytes_per_second < 1e13
    assert device.memory_bytes is None or 2**30 < device.memory_bytes < 2**40
    assert device.cache_bytes is None or 2**19 < device.cache_bytes < 2**30


@by_name
def test_narrower_numbers_are_no_slower(device: Specification) -> None:
    peaks = [device.peaks[dtype] for dtype in DTYPES if dtype in device.peaks]
    assert peaks == sorted(peaks)


@pytest.mark.parametrize("name", ASKED_FOR)
def test_the_devices_that_were_asked_for_are_there(name: str) -> None:
    assert specification(name).name == name


def test_capitals_do_not_matter() -> None:
    assert specification("H100") is specification("h100")


@pytest.mark.parametrize("name", ["h10", "rtx4090", "titan-x"])
def test_an_unknown_device_is_answered_with_the_nearest(name: str) -> None:
    with pytest.raises(UsageError, match=f"unknown device '{name}'; did you mean "):
        specification(name)


def test_a_dtype_without_a_peak_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(UsageError, match=r"no peak in fp16 is on record for k40 .*; there is one in fp32"):
        specification("k40").peak("fp16")


@pytest.mark.parametrize(
    ("device", "dtype", "units"),
    [("h100", "fp32", VECTOR), ("h100", "tf32", MATRIX), ("v100", "fp16", MATRIX), ("xeon-8480", "bf16", CPU)],
)
def test_units_follow_the_dtype(device: str, dtype: str, units: str) -> None:
    assert units_of(specification(device), dtype) == units


@pytest.mark.parametrize("units", [VECTOR, MATRIX, CPU])
def test_the_constants_are_whole_and_possible(units: str) -> None:
    found = efficiencies()[units]
    assert tuple(found.shares) == FAMILIES
    assert all(0 < share <= (4 if name == "convolution 3×3" else 1) for name, share in found.shares.items())
    assert 1 < found.factor <= found.unseen_factor
    assert found.operator_seconds > 0 <= found.launch_seconds
    assert set(found.devices) <= specifications().keys()
