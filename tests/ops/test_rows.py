"""Operators on rows of values: their refusals, huge sizes, and what holds between them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle.draws import drawn

from netstat.cost import FIELDS, Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

HUGE = 10**9
IMAGE = TensorSpec((2, 4, 6, 6))
VECTOR = TensorSpec((4,))
MATRIX = TensorSpec((3, 5))
OTHER = "a second tensor like the first"


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("there is no dimension 4 among 4", ("sum", IMAGE, 4)),
        ("there is no dimension -5 among 4", ("amax", IMAGE, -5)),
        ("there is no dimension 2 among 1", ("cumsum", VECTOR, 2)),
        ("there is no dimension 1 among 1", ("sort", VECTOR, 1)),
        ("needs floating-point numbers, got int64", ("mean", TensorSpec((2,), "int64"))),
        ("needs floating-point numbers, got bool", ("std", TensorSpec((2,), "bool"))),
        ("needs floating-point numbers, got int32", ("vector_norm", TensorSpec((2,), "int32"))),
        ("needs a matrix, got 1 dimensions", ("trace", VECTOR)),
        ("needs a matrix, got 1 dimensions", ("matrix_norm", VECTOR)),
        ("there is no value 5 among 4", ("topk", VECTOR, 5)),
        ("there is no value 7 among 6", ("kthvalue", IMAGE, 7)),
        ("needs at least 1 dimension, got 0", ("diff", TensorSpec(()))),
        ("needs an input that ends in 6×5, got 2×4×6×6", ("layer_norm", IMAGE, (6, 5))),
        ("needs an input that ends in 3×4, got 4", ("rms_norm", VECTOR, (3, 4))),
        ("normalized_shape needs at least one size", ("layer_norm", IMAGE, ())),
        ("4 channels cannot be split into 3 groups", ("group_norm", IMAGE, 3)),
        ("needs 3 channels, got 4", ("group_norm", IMAGE, 2, TensorSpec((3,)))),
        ("needs at least 2 dimensions (N, C), got 1", ("group_norm", VECTOR, 2)),
        ("needs more than one value per group, got 1", ("group_norm", TensorSpec((1, 4)), 4)),
        ("needs at least 3 dimensions (N, C, L), got 2", ("instance_norm", MATRIX)),
        ("needs more than one value per channel of an example, got 1", ("instance_norm", TensorSpec((2, 4, 1)))),
        (
            "needs running statistics where those of the input are not used, got none",
            ("instance_norm", IMAGE, None, None, None, None, False),
        ),
        ("needs 3×1 lengths, got 5", ("weight_norm", MATRIX, TensorSpec((5,)))),
        ("vectors of 5 and of 4 values are no distance apart", ("cdist", MATRIX, TensorSpec((3, 4)))),
        ("needs two lists of vectors, got 4 and 3×5", ("cdist", VECTOR, MATRIX)),
        ("needs a list of vectors (N, F), got 4", ("pdist", VECTOR)),
        ("shapes 3×5 and 4 do not fit together", ("cosine_similarity", MATRIX, VECTOR)),
        ("needs real numbers, got complex64", ("rfft", TensorSpec((4,), "complex64"))),
        ("needs at least one value to transform, got 0", ("irfft", TensorSpec((1,)))),
        ("needs at least 16 values, got 4", ("stft", VECTOR, 16, None, None, None, False)),
        ("needs targets of 3, got 4", ("cross_entropy", MATRIX, VECTOR)),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(message: str, call: tuple[Any, ...]) -> None:
    name, *args = call
    arguments = OPERATORS[name].bind(tuple(args), {})
    for rule in (OPERATORS[name].shape, OPERATORS[name].cost):
        with pytest.raises(ShapeError) as caught:
            rule(**arguments)
        assert caught.value.message == message


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("vector_norm", ("nuc",), {}),
        ("matrix_norm", (2,), {}),
        ("norm", ("nuc",), {}),
        ("mse_loss", (VECTOR,), {"size_average": True}),
        ("l1_loss", (VECTOR,), {"weight": VECTOR}),
        ("cross_entropy", (VECTOR,), {}),
        ("cross_entropy", (TensorSpec(()),), {"label_smoothing": 0.1}),
    ],
)
def test_what_has_no_count_is_no_call_of_the_operator(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    first = MATRIX if "norm" in name else VECTOR
    with pytest.raises(TypeError, match=name):
        OPERATORS[name].bind((first, *args), kwargs)


def test_torchs_spellings_of_a_variance_are_one() -> None:
    bind = OPERATORS["var"].bind
    assert bind((IMAGE, True), {}) == bind((IMAGE,), {}) == bind((IMAGE,), {"correction": None})
    assert bind((IMAGE, 1, False, True), {}) == bind((IMAGE, 1), {"correction": 0, "keepdim": True})
    assert bind((IMAGE,), {"axis": 1, "unbiased": False, "keepdims": True}) == bind((IMAGE, 1, False, True), {})
    with pytest.raises(TypeError, match="var does not take these arguments"):
        bind((IMAGE, 1, False, True, 3), {})


def test_torchs_spellings_of_a_maximum_are_one() -> None:
    bind = OPERATORS["max"].bind
    assert bind((IMAGE, MATRIX), {}) == bind((IMAGE,), {"other": MATRIX})
    assert bind((IMAGE, 1, True), {}) == bind((IMAGE,), {"axis": 1, "keepdims": True})


def test_torchs_spellings_of_a_norm_are_one() -> None:
    bind = OPERATORS["vector_norm"].bind
    assert bind((IMAGE,), {}) == bind((IMAGE, "fro"), {}) == bind((IMAGE,), {"p": 2, "out": None})


def test_torchs_spellings_of_normalisations_are_one() -> None:
    layer, group, instance = (OPERATORS[name].bind for name in ("layer_norm", "group_norm", "instance_norm"))
    assert layer((IMAGE, (6,), None, None, 1e-5, True), {}) == layer((IMAGE, (6,)), {})
    assert group((IMAGE, 2, VECTOR, None, 1e-5, True), {}) == group((IMAGE, 2), {"weight": VECTOR})
    functional = instance((IMAGE,), {"weight": VECTOR, "running_mean": VECTOR, "running_var": VECTOR})
    assert instance((IMAGE, VECTOR, None, VECTOR, VECTOR, True, 0.1, 1e-5, False), {}) == functional


def test_huge_rows() -> None:
    spec = TensorSpec((HUGE, HUGE))
    assert OPERATORS["sum"].cost(spec, 1).adds == HUGE * (HUGE - 1)
    assert OPERATORS["mean"].cost(spec).divides == 1
    assert OPERATORS["layer_norm"].cost(spec, (HUGE,)).adds == 2 * HUGE * (HUGE - 1) + HUGE * HUGE + HUGE
    assert OPERATORS["cdist"].cost(spec, spec).adds == HUGE * HUGE * (2 * HUGE - 1)
    assert OPERATORS["pdist"].cost(spec).specials == HUGE * (HUGE - 1) // 2


@given(batch=st.integers(1, 9), channels=st.integers(1, 9), size=st.integers(2, 9))
@drawn(30)
def test_one_group_is_a_layer_and_a_group_per_channel_an_instance(batch: int, channels: int, size: int) -> None:
    input, vector = TensorSpec((batch, channels, size)), TensorSpec((channels,))
    group, layer, instance = (OPERATORS[name].cost for name in ("group_norm", "layer_norm", "instance_norm"))
    assert group(input, 1) == layer(input, (channels, size))
    assert group(input, channels, vector, vector) == instance(input, weight=vector, bias=vector)


@given(shape=st.tuples(*[st.integers(1, 9)] * 3), dim=st.integers(0, 2))
@drawn(30)
def test_a_mean_square_deviation_is_made_of_its_parts(shape: tuple[int, ...], dim: int) -> None:
    input = TensorSpec(shape)
    count = {name: OPERATORS[name].cost(input, dim).flops for name in ("var", "std", "mean", "sum")}
    assert count["var"] == 2 * count["mean"] + 2 * input.numel
    assert count["std"] - count["var"] == count["mean"] - count["sum"] == input.numel // shape[dim]


def test_truth_values_take_no_comparison_with_zero() -> None:
    truths = TensorSpec((5,), "bool")
    assert OPERATORS["any"].cost(truths) == Cost(bytes_read=5, bytes_written=1)
    assert OPERATORS["count_nonzero"].cost(truths).flops == 4


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("sum", (1,)),
        ("mean", ((0, 2),)),
        ("std", ()),
        ("max", (0,)),
        ("logsumexp", (2,)),
        ("vector_norm", (3, 1)),
        ("cumsum", (0,)),
        ("group_norm", (1,)),
        ("sort", (1,)),
        ("topk", (2, 1)),
        ("pairwise_distance", (OTHER,)),
    ],
)
def test_a_row_may_be_of_any_length(name: str, args: tuple[Any, ...]) -> None:
    sympy = pytest.importorskip("sympy")
    sizes = {sympy.Symbol(stem, integer=True, positive=True): size for stem, size in (("a", 4), ("b", 5), ("c", 6))}
    symbolic, number = TensorSpec(tuple(sizes)), TensorSpec((4, 5, 6))
    others = [(symbolic, number) if arg is OTHER else (arg, arg) for arg in args]
    formula = OPERATORS[name].cost(symbolic, *(arg for arg, _ in others))
    wanted = OPERATORS[name].cost(number, *(arg for _, arg in others))
    for field in FIELDS:
        assert int(sympy.sympify(getattr(formula, field)).subs(sizes)) == getattr(wanted, field)
