"""What is counted by a stated rule costs what the rule says, at any size, and in the figures known from elsewhere."""

from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle.draws import drawn

from netstat.graph import TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.fourier import complex_transform, from_half, prime_factors, to_half
from netstat.ops.sorting import ceil_log2, insertions

HUGE = 10**9


def row(size: int, dtype: str = "float32") -> TensorSpec:
    return TensorSpec((size,), dtype)


@given(values=st.integers(0, 300), kept=st.integers(0, 300))
@drawn(100)
def test_insertions_are_the_sum_of_the_halvings_of_each(values: int, kept: int) -> None:
    halvings = (ceil(log2(min(i - 1, kept) + 1)) for i in range(1, values + 1))
    assert insertions(values, kept) == (sum(halvings) if kept else 0)


@given(size=st.integers(1, 10**6))
@drawn(100)
def test_the_logarithm_rounded_up_is_exact(size: int) -> None:
    assert 2 ** ceil_log2(size) >= size > (2 ** ceil_log2(size)) // 2


@given(size=st.integers(1, 10**6))
@drawn(50)
def test_the_largest_of_n_takes_n_minus_1_comparisons_and_all_of_them_sorting(size: int) -> None:
    topk, sort, largest = (OPERATORS[name].cost for name in ("topk", "sort", "max"))
    assert topk(row(size), 1).compares == size - 1 == largest(row(size), 0).compares
    assert topk(row(size), size).compares == sort(row(size)).compares


def test_sorting_takes_no_fewer_comparisons_than_can_tell_all_orders_apart() -> None:
    assert [OPERATORS["sort"].cost(row(n)).compares for n in (1, 2, 3, 4, 5)] == [0, 1, 3, 5, 8]
    assert OPERATORS["sort"].cost(row(HUGE)).compares == HUGE * 30 - 2**30 + 1


def test_a_value_is_searched_by_halving() -> None:
    search = OPERATORS["searchsorted"].cost
    assert [search(row(n), row(10)).compares for n in (1, 2, 3, 4, 7, 8)] == [10, 20, 20, 30, 30, 40]


@given(power=st.integers(0, 24))
@drawn(25)
def test_a_transform_of_a_power_of_two_is_the_5_n_log_n_of_the_textbooks_less_its_trivial_factors(power: int) -> None:
    n = 2**power
    assert complex_transform(n).flops == 5 * n * power - 6 * n + 6
    assert complex_transform(n).adds - complex_transform(n).multiplies // 2 == 2 * n * power


@given(number=st.integers(1, 10**6))
@drawn(50)
def test_prime_factors_are_prime_ascending_and_complete(number: int) -> None:
    found = list(prime_factors(number))
    assert found == sorted(found)
    product = 1
    for factor in found:
        assert all(factor % smaller for smaller in range(2, min(factor, 1000)))
        product *= factor
    assert product == number


def test_a_transform_of_a_prime_length_is_the_definition() -> None:
    cost = complex_transform(7)
    assert (cost.multiplies, cost.adds) == (4 * 36, 2 * 42 + 2 * 36)


@given(half=st.integers(1, 10**5))
@drawn(50)
def test_real_values_take_a_transform_of_half_as_many_and_six_to_sixteen_operations_a_pair(half: int) -> None:
    pairs = (half - 1) // 2
    assert to_half(2 * half).flops == complex_transform(half).flops + 16 * pairs + 2
    assert from_half(2 * half).flops == complex_transform(half).flops + 14 * pairs + (4 if half % 2 == 0 else 2)
    assert to_half(2 * half + 1) == from_half(2 * half + 1) == complex_transform(2 * half + 1)


def test_a_transform_along_two_dimensions_is_one_along_each() -> None:
    image = TensorSpec((3, 8, 12), "complex64")
    both = OPERATORS["fft2"].cost(image).flops
    assert both == sum(OPERATORS["fft"].cost(image, None, dim).flops for dim in (1, 2))


@pytest.mark.parametrize(("norm", "there", "back"), [(None, 0, 1), ("ortho", 1, 1), ("forward", 1, 0)])
def test_each_transform_is_scaled_where_its_norm_says_so(norm: str | None, there: int, back: int) -> None:
    image, spectrum = TensorSpec((8,)), TensorSpec((5,), "complex64")
    assert OPERATORS["rfft"].cost(image, norm=norm).multiplies == to_half(8).multiplies + 10 * there
    assert OPERATORS["irfft"].cost(spectrum, norm=norm).multiplies == from_half(8).multiplies + 8 * back
