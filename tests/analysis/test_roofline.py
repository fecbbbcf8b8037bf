"""The roofline: laws of the bound whatever the numbers, and a model's layers under the roofs."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.analysis.roofline import bound, roofline
from netstat.records.benchmark import LayerTime
from netstat.records.profile import Layer
from netstat.records.roofline import COMPUTE, MEMORY, Roofline
from tests.records.ceilings_made import CEILING
from tests.reports.samples import ALEXNET_PROFILE, CPU

amounts = st.integers(min_value=0, max_value=10**18).map(Fraction)
rates = st.fractions(min_value=1, max_value=10**18)


@given(amounts, amounts, rates, rates)
def test_the_bound_is_the_longer_of_computing_and_moving(flops: Any, size: Any, peak: Any, bandwidth: Any) -> None:
    seconds, roof = bound(flops, size, peak, bandwidth)
    assert seconds == max(flops / peak, size / bandwidth)
    assert roof == (MEMORY if size / bandwidth > flops / peak else COMPUTE)


@given(amounts, amounts, rates, rates, amounts, amounts, rates, rates)
def test_more_work_never_takes_less_time_and_a_faster_machine_never_more(
    flops: Any, size: Any, peak: Any, bandwidth: Any, more: Any, bigger: Any, faster: Any, wider: Any
) -> None:
    seconds = bound(flops, size, peak, bandwidth).seconds
    assert bound(flops + more, size + bigger, peak, bandwidth).seconds >= seconds
    assert bound(flops, size, peak + faster, bandwidth + wider).seconds <= seconds


@given(amounts, amounts, rates, rates, st.fractions(min_value=Fraction(1, 1000), max_value=1000))
def test_so_many_times_the_work_takes_so_many_times_as_long(
    flops: Any, size: Any, peak: Any, bandwidth: Any, times: Any
) -> None:
    once, often = bound(flops, size, peak, bandwidth), bound(times * flops, times * size, peak, bandwidth)
    assert often == (times * once.seconds, once.roof)


@given(amounts, amounts, amounts, amounts, rates, rates)
def test_two_layers_as_one_are_bounded_no_higher_than_one_after_the_other(
    flops: Any, size: Any, more: Any, bigger: Any, peak: Any, bandwidth: Any
) -> None:
    apart = bound(flops, size, peak, bandwidth).seconds + bound(more, bigger, peak, bandwidth).seconds
    assert bound(flops + more, size + bigger, peak, bandwidth).seconds <= apart


@dataclass(frozen=True, order=True)
class Quantity:
    """A number with its unit as powers of (FLOP, byte, second)."""

    value: float
    unit: tuple[int, int, int]

    def __truediv__(self, other: "Quantity") -> "Quantity":
        unit = tuple(mine - theirs for mine, theirs in zip(self.unit, other.unit, strict=True))
        return Quantity(self.value / other.value, unit)  # type: ignore[arg-type]  # as many as there were


def test_operations_over_a_rate_and_bytes_over_a_rate_are_seconds() -> None:
    flops, size = Quantity(8.0, (1, 0, 0)), Quantity(6.0, (0, 1, 0))
    peak, bandwidth = Quantity(4.0, (1, 0, -1)), Quantity(2.0, (0, 1, -1))
    seconds: Any = bound(flops, size, peak, bandwidth).seconds  # type: ignore[arg-type]  # a number with a unit
    assert seconds == Quantity(3.0, (0, 0, 1))


def test_nothing_to_do_takes_no_time() -> None:
    assert bound(0, 0, 1e12, 1e11) == (0.0, COMPUTE)


def under(layers: tuple[Layer, ...], times: tuple[LayerTime, ...], whole: float = 1.0) -> Roofline:
    return roofline(layers, replace(CPU, layers=times, median_seconds=whole), CEILING)


CONVOLUTION, RELU = ALEXNET_PROFILE.layers[:2]
DROPOUT = ALEXNET_PROFILE.layers[15]


def time(layer: Layer, seconds: float, below: float = 0.0) -> LayerTime:
    return LayerTime(layer.path, layer.call, layer.op, seconds, below)


def test_every_layer_of_a_model_is_bounded_by_its_own_roof() -> None:
    result = under(ALEXNET_PROFILE.layers, CPU.layers)
    assert [(row.path, row.op, row.call) for row in result.layers] == [
        (layer.path, layer.op, layer.call) for layer in ALEXNET_PROFILE.layers
    ]
    for row, layer in zip(result.layers, ALEXNET_PROFILE.layers, strict=True):
        moved = layer.bytes_read + layer.bytes_written
        wide = CEILING.bytes_per_second(max(layer.bytes_read, layer.bytes_written))
        assert row.bound_seconds == max(layer.flops / CEILING.flops_per_second, moved / wide)
    convolution, relu = result.layers[:2]
    assert (convolution.roof, convolution.family) == (COMPUTE, "convolution")
    assert (relu.roof, relu.level, relu.family) == (MEMORY, "L2", "activation")


def test_a_layer_in_place_has_the_roof_of_what_it_touches_and_moves_it_twice() -> None:
    size = 9 * 2**20
    (row,) = under((replace(RELU, bytes_read=size, bytes_written=size, flops=0),), ()).layers
    assert (row.working_set, row.bytes_moved, row.level) == (size, 2 * size, "L3")
    assert row.bound_seconds == 2 * size / CEILING.bytes_per_second(size)


def test_a_layer_that_does_nothing_or_has_no_formula_has_no_bound() -> None:
    nothing = replace(DROPOUT, flops=0, bytes_read=0, bytes_written=0)
    for layer in (nothing, replace(CONVOLUTION, count=None)):
        (row,) = under((layer,), (time(layer, 0.5),)).layers
        assert (row.bound_seconds, row.roof, row.level, row.efficiency) == (None, "", "", None)
        assert row.over_seconds == 0.5


def test_a_layer_faster_than_its_roof_is_reported_and_not_clamped() -> None:
    (slow,) = under((CONVOLUTION,), (time(CONVOLUTION, 1.0),)).layers
    assert slow.bound_seconds is not None
    result = under((CONVOLUTION, RELU), (time(CONVOLUTION, slow.bound_seconds / 2), time(RELU, 1.0)))
    assert [(row.path, row.efficiency) for row in result.exceeding] == [(CONVOLUTION.path, 2.0)]
    assert result.exceeding[0].over_seconds == -slow.bound_seconds / 2


def test_a_layer_exactly_at_its_roof_does_not_exceed_it() -> None:
    (row,) = under((CONVOLUTION,), (time(CONVOLUTION, 1.0),)).layers
    assert row.bound_seconds is not None
    at_it = under((CONVOLUTION,), (time(CONVOLUTION, row.bound_seconds),))
    assert (at_it.layers[0].efficiency, at_it.exceeding) == (1.0, ())


@pytest.mark.parametrize(("seconds", "below"), [(1e-6, 2e-6), (0.0, 0.0), (-1e-7, 0.0)])
def test_a_time_that_no_clock_can_tell_has_no_efficiency(seconds: float, below: float) -> None:
    (row,) = under((RELU,), (time(RELU, seconds, below),)).layers
    assert (row.measured_seconds, row.known_seconds, row.efficiency) == (seconds, None, None)


def test_a_layer_that_nobody_timed_has_a_bound_and_no_efficiency() -> None:
    (row,) = under((CONVOLUTION,), ()).layers
    assert row.bound_seconds
    assert (row.measured_seconds, row.efficiency, row.over_seconds) == (None, None, None)


def test_an_operator_at_another_call_is_another_layer() -> None:
    (row,) = under((RELU,), (replace(time(RELU, 1.0), call=1),)).layers
    assert row.measured_seconds is None


times = st.lists(st.none() | st.floats(min_value=1e-9, max_value=10.0), min_size=22, max_size=22)


@given(times, st.floats(min_value=0.0, max_value=100.0))
def test_what_is_lost_adds_up_to_the_whole_less_all_bounds(taken: list[float | None], rest: float) -> None:
    layers = ALEXNET_PROFILE.layers
    timed = tuple(time(layer, seconds) for layer, seconds in zip(layers, taken, strict=True) if seconds is not None)
    whole = sum(layer.median_seconds for layer in timed) + rest
    result = under(layers, timed, whole)
    over = [row.over_seconds or 0.0 for row in result.lost]
    assert over == sorted(over, reverse=True)
    assert sum(over) == pytest.approx(whole - result.bound_seconds, abs=1e-9)
    assert sum(row.measured_seconds or 0.0 for row in result.lost) == pytest.approx(whole)
    assert len(result.lost) == len(timed) + 1


def test_arithmetic_alone_never_explains_more_than_the_roofline() -> None:
    result = under(ALEXNET_PROFILE.layers, CPU.layers)
    assert 0 < result.compute_seconds <= result.bound_seconds
