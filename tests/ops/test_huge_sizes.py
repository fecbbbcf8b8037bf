"""Sizes far beyond any memory cost no time and lose no digit."""

from math import ceil

import pytest

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

HUGE = 10**9
IMAGE = TensorSpec((HUGE, 64, HUGE, HUGE))
VALUES = 64 * HUGE**3


def test_a_convolution() -> None:
    cost = OPERATORS["conv2d"].cost(IMAGE, TensorSpec((32, 64, 11, 11)), TensorSpec((32,)), stride=4, padding=2)
    out = (HUGE - 11 + 4) // 4 + 1
    assert cost.macs == HUGE * 32 * 64 * 11**2 * out**2
    assert cost.flops == 2 * cost.macs


def test_a_linear_layer() -> None:
    cost = OPERATORS["linear"].cost(TensorSpec((HUGE, HUGE)), TensorSpec((HUGE, HUGE)))
    assert cost == Cost(HUGE**3, HUGE**3, HUGE**3 - HUGE**2, bytes_read=8 * HUGE**2, bytes_written=4 * HUGE**2)


def test_an_overlapping_max_pool_with_padding() -> None:
    out = HUGE // 2  # of the windows −1 … 1, 1 … 3, …, only the first lacks a tap
    taps = 3 * out - 1
    assert OPERATORS["max_pool2d"].cost(IMAGE, 3, 2, 1).compares == HUGE * 64 * (taps**2 - out**2)


def test_a_dilated_max_pool() -> None:
    out = (HUGE - 1999) // 1000 + 1
    assert OPERATORS["max_pool1d"].cost(TensorSpec((1, 1, HUGE)), 3, 1000, 0, 999).compares == 2 * out


def test_an_average_pool_in_ceil_mode() -> None:
    out = ceil((HUGE - 3) / 2) + 1  # the last window sticks out by one
    taps = 3 * out - 1
    cost = OPERATORS["avg_pool2d"].cost(IMAGE, 3, 2, 0, True)
    assert (cost.adds, cost.divides) == (HUGE * 64 * (taps**2 - out**2), HUGE * 64 * out**2)


@pytest.mark.parametrize("out", [7, HUGE - 1, HUGE])
def test_an_adaptive_pool(out: int) -> None:
    shared = {7: 1, HUGE - 1: 1, HUGE: HUGE}[out]  # the greatest common divisor
    positions = (HUGE + out - shared) ** 2
    cost = OPERATORS["adaptive_avg_pool2d"].cost(IMAGE, out)
    assert (cost.adds, cost.divides) == (HUGE * 64 * (positions - out**2), HUGE * 64 * out**2)


@pytest.mark.parametrize("size", [5, HUGE])
def test_a_local_response_norm(size: int) -> None:
    wide = OPERATORS["local_response_norm"].cost(TensorSpec((1, HUGE, 1)), size)
    radius = size // 2
    missing = radius * (radius + 1) // 2 + (size - radius - 1) * (size - radius) // 2
    assert wide.adds == size * HUGE - missing


def test_a_batch_norm_a_softmax_and_an_activation() -> None:
    vector = TensorSpec((64,))
    assert OPERATORS["batch_norm"].cost(IMAGE, vector, vector, vector, vector).adds == 2 * VALUES + 64
    assert OPERATORS["softmax"].cost(IMAGE, 1).adds == VALUES - VALUES // 64
    assert OPERATORS["relu"].cost(IMAGE) == Cost(compares=VALUES, bytes_read=4 * VALUES, bytes_written=4 * VALUES)
