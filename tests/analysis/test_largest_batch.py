"""The largest batch that fits, for any peak that does not fall."""

from hypothesis import given
from hypothesis import strategies as st

from netstat.analysis.largest_batch import largest_batch


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60), st.integers(0, 30_000))
def test_the_batch_fits_and_one_more_does_not(steps: list[int], limit: int) -> None:
    def peak(batch: int) -> int:
        return sum(steps[: batch % len(steps)]) + batch // len(steps) * sum(steps) + batch

    fit = largest_batch("training", peak, limit)
    assert fit.peak_bytes == (peak(fit.batch) if fit.batch else 0)
    assert fit.peak_bytes <= limit < fit.next_bytes == peak(fit.batch + 1)


@given(st.integers(0, 10**9), st.integers(10**5, 10**7), st.integers(0, 10**11))
def test_a_straight_line_is_settled_in_a_few_evaluations(base: int, slope: int, limit: int) -> None:
    asked: list[int] = []

    def peak(batch: int) -> int:
        asked.append(batch)
        return base + slope * batch

    fit = largest_batch("inference", peak, limit)
    assert fit.batch == max((limit - base) // slope, 0)
    assert len(asked) <= 12


def test_where_not_even_one_example_fits_the_batch_is_zero() -> None:
    fit = largest_batch("training", lambda batch: 10 + batch, 10)
    assert (fit.batch, fit.next_bytes) == (0, 11)
