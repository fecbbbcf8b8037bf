"""What a result is of, in its user's words: enough to ask for it again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GivenInput:
    """An input as it was given: shape without the batch, dtype ("" for the model's), name ("" where by position)."""

    shape: tuple[int, ...]
    dtype: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The words a model was named by. A model that was handed over as an object has none.

    Attributes:
        model: "alexnet", "timm:resnet18", "my_model.py:build".
        inputs: as they were given; none where the model has its own.
        batch: leading dimension of every input.
        dtype: of parameters and floating-point inputs.
        fully_convolutional: whether convolutions stand for its linear layers; `made_for` is the size it is made for,
            None where that was not said.
        freeze, train_only: the patterns that choose what is trained.
    """

    model: str
    inputs: tuple[GivenInput, ...] = ()
    batch: int = 1
    dtype: str = "float32"
    fully_convolutional: bool = False
    made_for: tuple[int, ...] | None = None
    freeze: tuple[str, ...] = ()
    train_only: tuple[str, ...] = ()
