"""The roofline bound: its laws, whatever the numbers."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from netstat.analysis.roofline import COMPUTE, MEMORY, bound

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
