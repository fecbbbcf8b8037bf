"""What an operator cannot take, it refuses in one line that says what it got and what it needs."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle.draws import drawn

from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

IMAGE, WEIGHT = TensorSpec((1, 3, 8, 8)), TensorSpec((4, 3, 3, 3))
SMALL = TensorSpec((1, 3, 2, 2))
VECTOR = TensorSpec((3,))
SINGLE = TensorSpec((1, 3))
DEPTHWISE = TensorSpec((4, 1, 3, 3))


def refusal(name: str, *args: Any) -> ShapeError:
    """The error of both `shape` and `cost`, which must be one and the same."""
    errors = []
    arguments = OPERATORS[name].bind(args, {})
    for rule in (OPERATORS[name].shape, OPERATORS[name].cost):
        with pytest.raises(ShapeError) as caught:
            rule(**arguments)
        errors.append(caught.value)
    assert errors[0].message == errors[1].message
    assert "\n" not in errors[0].message
    return errors[0]


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("needs 3 input channels, got 1", ("conv2d", TensorSpec((1, 1, 8, 8)), WEIGHT)),
        ("needs 6 input channels, got 3", ("conv2d", IMAGE, WEIGHT, None, 1, 0, 1, 2)),
        ("4 output channels cannot be split into 3 groups", ("conv2d", IMAGE, DEPTHWISE, None, 1, 0, 1, 3)),
        ("needs 4 biases, got 5", ("conv2d", IMAGE, WEIGHT, TensorSpec((5,)))),
        ("needs 9216 input features, got 3", ("linear", TensorSpec((1, 3)), TensorSpec((10, 9216)))),
        ("needs 10 input features, got 0", ("linear", TensorSpec(()), TensorSpec((4, 10)))),
        ("needs 3 channels, got 5", ("batch_norm", TensorSpec((2, 5, 4)), VECTOR, VECTOR)),
        (
            "needs more than one value per channel in training, got 1",
            ("batch_norm", SINGLE, None, None, None, None, True),
        ),
        ("needs running statistics outside training, got none", ("batch_norm", TensorSpec((2, 3)))),
        ("shapes 2×3 and 4 do not fit together", ("add", TensorSpec((2, 3)), TensorSpec((4,)))),
    ],
)
def test_channels_and_features_that_do_not_fit(message: str, call: tuple[Any, ...]) -> None:
    assert refusal(*call).message == message


@pytest.mark.parametrize(
    ("name", "wants", "arguments"),
    [
        ("conv1d", "(N, C, L)", (TensorSpec((4, 3, 3)),)),
        ("conv2d", "(N, C, H, W)", (WEIGHT,)),
        ("conv3d", "(N, C, D, H, W)", (TensorSpec((4, 3, 3, 3, 3)),)),
        ("max_pool2d", "(N, C, H, W)", (2,)),
        ("avg_pool3d", "(N, C, D, H, W)", (2,)),
        ("adaptive_avg_pool2d", "(N, C, H, W)", (2,)),
    ],
)
def test_a_wrong_number_of_dimensions(name: str, wants: str, arguments: tuple[Any, ...]) -> None:
    assert refusal(name, TensorSpec((8,)), *arguments).message == f"needs a {wants} input, got 1 dimensions: 8"


@pytest.mark.parametrize("name", ["batch_norm", "local_response_norm"])
def test_a_normalisation_without_enough_dimensions(name: str) -> None:
    arguments = (VECTOR, VECTOR) if name == "batch_norm" else (5,)
    assert "got 1" in refusal(name, TensorSpec((3,)), *arguments).message


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("needs an input size of at least 3, got 2 (window of 3, padding 0+0)", ("conv2d", SMALL, WEIGHT)),
        (
            "needs an input size of at least 3, got 2 (window of 5, padding 1+1)",
            ("conv2d", SMALL, WEIGHT, None, 1, 1, 2),
        ),
        ("input size must be at least 9, got 8", ("pad", IMAGE, (0, 0, 1, 8), "reflect")),
        ("input size must be at least 9, got 8", ("pad", IMAGE, (9, 0), "circular")),
        ("needs an input size of at least 3, got 2 (window of 3, padding 0+0)", ("max_pool2d", SMALL, 3, 2)),
        ("needs an input size of at least 3, got 2 (window of 3, padding 0+0)", ("avg_pool2d", SMALL, 3, 2, "VALID")),
        ("input size must be at least 1, got 0", ("max_pool2d", TensorSpec((1, 3, 0, 4)), 1)),
        ("input size must be at least 1, got 0", ("adaptive_max_pool2d", TensorSpec((1, 3, 0, 4)), 1)),
        (
            "needs more than one value per channel in training, got 1",
            ("batch_norm", SINGLE, None, None, None, None, True),
        ),
    ],
)
def test_an_input_too_small_is_marked_as_one_that_a_larger_input_cures(message: str, call: tuple[Any, ...]) -> None:
    error = refusal(*call)
    assert (error.message, error.too_small) == (message, True)


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("padding 2 is more than half the kernel size 3", ("max_pool2d", IMAGE, 3, 1, 2)),
        ("padding 2 is more than half the kernel size 3", ("max_pool2d", IMAGE, 3, 1, 2, 2)),
        ("padding 1 is more than half the kernel size 1", ("avg_pool2d", IMAGE, (3, 1), 1, 1)),
        ("padding must be at least 0, got -1", ("conv2d", IMAGE, WEIGHT, None, 1, -1)),
        ("stride must be at least 1, got 0", ("conv2d", IMAGE, WEIGHT, None, (1, 0))),
        ("stride must be at least 1, got 0", ("conv2d", IMAGE, WEIGHT, None, 0, "SAME")),
        ("stride must be at least 1, got -1", ("max_pool2d", IMAGE, 2, -1)),
        ("dilation must be at least 1, got 0", ("conv2d", IMAGE, WEIGHT, None, 1, 0, 0)),
        ("kernel size must be at least 1, got 0", ("avg_pool2d", IMAGE, 0)),
        ("groups must be at least 1, got 0", ("conv2d", IMAGE, WEIGHT, None, 1, 0, 1, 0)),
        ("output size must be at least 0, got -1", ("adaptive_avg_pool2d", IMAGE, -1)),
        ("needs one number or 2, got 3: (1, 2, 3)", ("conv2d", IMAGE, WEIGHT, None, (1, 2, 3))),
        ("needs one number or 2, got 3: (2, 2, 2)", ("max_pool2d", IMAGE, (2, 2, 2))),
        ("needs one number or 2, got 3: (1, 1, 1)", ("adaptive_max_pool2d", IMAGE, [1, 1, 1])),
        ("padding 'equal' is none of 'valid', 'same', 'VALID', 'SAME'", ("conv2d", IMAGE, WEIGHT, None, 1, "equal")),
        ("padding 'Same' is none of 'valid', 'same', 'VALID', 'SAME'", ("max_pool2d", IMAGE, 2, 1, "Same")),
        (
            "padding='same' needs stride 1; TensorFlow's rule for any stride is padding='SAME'",
            ("conv2d", IMAGE, WEIGHT, None, 2, "same"),
        ),
    ],
)
def test_windows_that_cannot_be(message: str, call: tuple[Any, ...]) -> None:
    error = refusal(*call)
    assert (error.message, error.too_small) == (message, False)


@pytest.mark.parametrize("name", ["conv1d", "max_pool1d", "avg_pool1d"])
@given(kernel=st.integers(2, 9), stride=st.integers(1, 5), padding=st.integers(0, 4), dilation=st.integers(1, 4))
@drawn(60)
def test_the_size_that_a_refusal_names_is_the_smallest_that_works(
    name: str, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    windows: Any = TensorSpec((1, 1, kernel)) if name == "conv1d" else kernel
    chosen = {"stride": stride, "padding": min(padding, kernel // 2), "dilation": dilation, "ceil_mode": stride > 2}
    unknown = {"conv1d": "ceil_mode", "avg_pool1d": "dilation", "max_pool1d": ""}[name]
    chosen.pop(unknown, None)

    def refused(size: int) -> str | None:
        try:
            OPERATORS[name].shape(TensorSpec((1, 1, size)), windows, **chosen)
        except ShapeError as error:
            return error.message
        return None

    if message := refused(1):
        needed = int(re.match(r"needs an input size of at least (\d+), got 1 ", message)[1])  # type: ignore[index]
        assert refused(needed - 1) is not None
        assert refused(needed) is None


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("reshape", (IMAGE, (5, -1)), "192 values do not fill the shape 5×-1"),
        ("reshape", (IMAGE, (2, 97)), "192 values do not fill the shape 2×97"),
        ("cat", ([TensorSpec((2, 3)), TensorSpec((3, 4))], 1), "2×3 and 3×4 differ outside dimension 1"),
    ],
)
def test_layouts_that_cannot_be(name: str, arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        OPERATORS[name].shape(*arguments)
    assert caught.value.message == message
