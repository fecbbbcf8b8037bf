"""Errors: what they end the program with, and what they say."""

import pytest

from netstat.errors import ModelError, NetstatError, ShapeError, UsageError, said


@pytest.mark.parametrize(("error", "code"), [(NetstatError, 3), (UsageError, 2), (ModelError, 3), (ShapeError, 3)])
def test_every_error_has_the_exit_code_of_its_kind(error: type[NetstatError], code: int) -> None:
    assert error("why").exit_code == code


def test_a_shape_error_is_said_of_a_layer() -> None:
    error = ShapeError("needs 3 input channels, got 1", too_small=True).at("features.0")
    assert (str(error), error.path, error.too_small) == (
        "layer 'features.0': needs 3 input channels, got 1",
        "features.0",
        True,
    )


def test_a_shape_error_outside_any_layer_is_said_of_the_models_forward() -> None:
    assert str(ShapeError("no").at("")) == "the model's forward: no"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("one\ntwo"), "ValueError: one"),
        (ValueError("\n\n  one"), "ValueError: one"),
        (ValueError(), "ValueError"),
        (SystemExit(3), "SystemExit: 3"),
    ],
)
def test_what_an_exception_says_is_its_class_and_first_line(error: BaseException, words: str) -> None:
    assert said(error) == words
