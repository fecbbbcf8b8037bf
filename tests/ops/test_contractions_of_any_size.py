"""Contractions as closed formulas in the sizes, and at sizes far beyond any memory."""

from typing import Any

import pytest

from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

sympy = pytest.importorskip("sympy")  # comes with torch

pytestmark = [pytest.mark.torch]
N, L = sympy.symbols("N L", integer=True, positive=True)
HUGE = 10**9


def spec(*shape: Any) -> TensorSpec:
    return TensorSpec(shape)


STATE, CELL = spec(1, N, 8), [spec(32, 16), spec(32, 8), spec(32), spec(32)]
SETTINGS = {"has_biases": True, "num_layers": 1, "dropout": 0.0, "train": False, "bidirectional": False}
HEADS, SHARED = spec(N, 8, L, 16), spec(N, 2, L, 16)


@pytest.mark.parametrize(
    ("name", "arguments", "macs", "adds"),
    [
        ("mm", (spec(N, 3), spec(3, L)), 3 * N * L, 2 * N * L),
        ("matmul", (spec(N, 5, L), spec(1, L, 4)), 20 * N * L, 20 * N * (L - 1)),
        ("addmm", (spec(4), spec(N, 3), spec(3, 4)), 12 * N, 12 * N),
        ("einsum", ("bsi,io->bso", spec(N, L, 16), spec(16, 8)), 128 * N * L, 120 * N * L),
        ("tensordot", (spec(N, 3), spec(3, L), 1), 3 * N * L, 2 * N * L),
        ("bilinear", (spec(N, 16), spec(N, 16), spec(10, 16, 16), spec(10)), 2720 * N, 2560 * N),
        ("conv_transpose2d", (spec(N, 4, L, L), spec(4, 6, 2, 2), spec(6), 2), 96 * N * L**2, 96 * N * L**2),
        ("conv_transpose1d", (spec(N, 4, L), spec(4, 6, 3), None, 2), 72 * N * L, 72 * N * L - 6 * N * (2 * L + 1)),
        (
            "scaled_dot_product_attention",
            (HEADS, SHARED, SHARED, None, 0.0, False, None, True),
            256 * N * L**2,
            256 * N * L**2 - N * 8 * L * (1 + 16),
        ),
        ("lstm", (spec(L, N, 16), [STATE, STATE], CELL, *SETTINGS.values()), 768 * N * L, (768 + 32 + 4 * 8) * N * L),
    ],
)
def test_a_formula_in_symbols(name: str, arguments: tuple[Any, ...], macs: Any, adds: Any) -> None:
    cost = OPERATORS[name].cost(**OPERATORS[name].bind(arguments, {}))
    assert sympy.expand(cost.macs - macs) == 0
    assert sympy.expand(cost.adds - adds) == 0


def test_a_transposed_convolution_with_gaps_between_what_falls() -> None:
    cost = OPERATORS["conv_transpose1d"].cost(spec(1, 1, HUGE), spec(1, 1, 2), stride=5, dilation=5)
    assert (cost.macs, cost.adds) == (2 * HUGE, HUGE - 1)  # all but the outermost two positions are reached twice


def test_a_long_chain_of_huge_matrices_is_multiplied_from_the_narrow_ends() -> None:
    chain = [spec(HUGE, 2), spec(2, HUGE)] * 10
    narrow = 9 * 4 * HUGE + 8 * 8  # nine products (2, HUGE) by (HUGE, 2), and those by one another
    assert OPERATORS["multi_dot"].cost(chain).macs == narrow + 4 * HUGE + 2 * HUGE**2
