"""Normalisation of rows by their own figures: the last dimensions of a tensor."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.base import Operator, Specs, operator, spellings, traffic
from netstat.ops.normalization import moments, normalise
from netstat.ops.sight import Sight, gathered
from netstat.ops.spelling import without
from netstat.units import shape as shape_text

# Letters: the last sizes are those of a row.
ROWS = {
    "input": "F | R? F | d_0? R? F | d_0? d_1? R? F",
    **dict.fromkeys(("normalized_shape", "weight", "bias"), "F | R? F | d_1? R? F | d_0? d_1? R? F"),
}


@operator
class LayerNorm(Operator):
    """R rows of F values, those of the last dimensions, which `normalized_shape` names; n = R·F values in all.

    y = (x − E) / √(V + eps) · w + b,  E and V the mean and variance of the row

    Parameters: F weights and F biases if affine. Per row: F − 1 additions and a division for E, F − 1 additions and a
    division for V, an addition and a root. Per value: a subtraction, a multiplication for the square, a division, and
    a multiplication and an addition if affine. Input (*, normalized_shape). Source: torch.nn.LayerNorm; Ba et al. 2016.
    """

    name = "layer_norm"
    family = "normalisation"
    letters: ClassVar[dict[str, str]] = ROWS
    torch = spellings("layer_norm")
    tensors = ("input", "weight", "bias")

    @staticmethod
    def shape(
        input: TensorSpec,
        normalized_shape: Sequence[int],
        weight: TensorSpec | None = None,
        bias: TensorSpec | None = None,
        eps: float = 1e-5,
    ) -> Specs:
        _refuse_other_sizes(input, normalized_shape)
        return (input,)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args[:5], without(kwargs, "cudnn_enable"))

    @staticmethod
    def cost(
        input: TensorSpec,
        normalized_shape: Sequence[int],
        weight: TensorSpec | None = None,
        bias: TensorSpec | None = None,
        eps: float = 1e-5,
    ) -> Cost:
        LayerNorm.shape(input, normalized_shape)
        values, many = input.numel, prod(input.shape[: -len(normalized_shape)])
        moved = Cost(**traffic((input, weight, bias), (input,)))
        return moments(many, values) + normalise(many, values, weight, bias) + moved

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "normalized_shape": tuple(attributes["normalized_shape"])}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return _rows_seen(node, operand)

    @staticmethod
    def params(
        normalized_shape: int | Sequence[int], elementwise_affine: bool = True, bias: bool = True
    ) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        sizes = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        names = ("weight", "bias") if bias else ("weight",)
        return dict.fromkeys(names, sizes) if elementwise_affine else {}


def _rows_seen(node: Node, operand: Argument) -> Sight | None:
    """Every value of a row all of the row."""
    rank = len(node.input.shape)
    normalised = range(rank - len(node.attributes["normalized_shape"]), rank)
    return gathered(node.input.shape, normalised) if operand.name == "input" else None


def _refuse_other_sizes(input: TensorSpec, normalized_shape: Sequence[int]) -> None:
    """Raise ShapeError unless the input ends in the sizes that are normalised."""
    wanted = tuple(normalized_shape)
    if not wanted:
        raise ShapeError("normalized_shape needs at least one size")
    if len(input.shape) < len(wanted) or input.shape[-len(wanted) :] != wanted:
        raise ShapeError(f"needs an input that ends in {shape_text(wanted)}, got {shape_text(input.shape)}")


@operator
class RmsNorm(Operator):
    """R rows of F values, those of the last dimensions, which `normalized_shape` names.

    y = x / √(Σ x² / F + eps) · w

    Parameters: F weights if affine. Per row: F − 1 additions, a division, an addition and a root. Per value: a
    multiplication for the square, a division, and a multiplication if affine. Source: torch.nn.RMSNorm; Zhang and
    Sennrich 2019.
    """

    name = "rms_norm"
    family = "normalisation"
    letters: ClassVar[dict[str, str]] = ROWS
    torch = spellings("rms_norm")
    tensors = ("input", "weight")

    @staticmethod
    def shape(
        input: TensorSpec,
        normalized_shape: Sequence[int],
        weight: TensorSpec | None = None,
        eps: float | None = None,
    ) -> Specs:
        _refuse_other_sizes(input, normalized_shape)
        return (input,)

    @staticmethod
    def cost(
        input: TensorSpec,
        normalized_shape: Sequence[int],
        weight: TensorSpec | None = None,
        eps: float | None = None,
    ) -> Cost:
        RmsNorm.shape(input, normalized_shape)
        values, many = input.numel, prod(input.shape[: -len(normalized_shape)])
        scaled = 0 if weight is None else values
        return Cost(
            multiplies=values + scaled,
            adds=values,  # F − 1 for the sum of a row, 1 for eps
            divides=values + many,
            specials=many,
            **traffic((input, weight), (input,)),
        )

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        return {**attributes, "normalized_shape": tuple(attributes["normalized_shape"])}

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return _rows_seen(node, operand)

    @staticmethod
    def params(normalized_shape: int | Sequence[int], elementwise_affine: bool = True) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        sizes = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        return {"weight": sizes} if elementwise_affine else {}
