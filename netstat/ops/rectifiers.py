"""Activations made of straight lines.

Where a definition distinguishes cases, each value takes the comparisons and the arithmetic of all cases: what is
counted does not depend on the data.
"""

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.base import Specs, operator, spellings
from netstat.ops.pointwise import Activation, ParametricActivation
from netstat.ops.sight import Sight
from netstat.units import shape as shape_text


@operator
class Relu6(Activation):
    """y = min(max(0, x), 6). Two comparisons per value. Source: torch.nn.ReLU6."""

    name = "relu6"
    torch = spellings("relu6")
    each = Cost(compares=2)


@operator
class Hardtanh(ParametricActivation):
    """y = min(max(min_val, x), max_val). Two comparisons per value. Source: torch.nn.Hardtanh."""

    name = "hardtanh"
    torch = spellings("hardtanh")
    each = Cost(compares=2)

    @classmethod
    def shape(cls, input: TensorSpec, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Specs:
        return (input,)


@operator
class Threshold(ParametricActivation):
    """y = x where x > threshold, else value. One comparison per value. Source: torch.nn.Threshold."""

    name = "threshold"
    torch = spellings("threshold")
    each = Cost(compares=1)

    @classmethod
    def shape(cls, input: TensorSpec, threshold: float, value: float, inplace: bool = False) -> Specs:
        return (input,)


@operator
class LeakyRelu(ParametricActivation):
    """y = x where x > 0, else negative_slope · x.

    One comparison and one multiplication per value. Source: torch.nn.LeakyReLU.
    """

    name = "leaky_relu"
    torch = spellings("leaky_relu")
    each = Cost(compares=1, multiplies=1)

    @classmethod
    def shape(cls, input: TensorSpec, negative_slope: float = 0.01, inplace: bool = False) -> Specs:
        return (input,)


@operator
class Prelu(ParametricActivation):
    """y = x where x > 0, else a · x; a is learnt, one for all values or one per channel (dimension 1).

    One comparison and one multiplication per value. Source: torch.nn.PReLU; He et al. 2015.
    """

    name = "prelu"
    torch = spellings("prelu")
    tensors = ("input", "weight")
    each = Cost(compares=1, multiplies=1)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return super().sees(node, operand) if operand.name == "input" else None  # slopes go by channel

    @classmethod
    def shape(cls, input: TensorSpec, weight: TensorSpec) -> Specs:
        channels = input.shape[1] if len(input.shape) > 1 else 1
        if len(weight.shape) > 1 or weight.numel not in (1, channels):
            raise ShapeError(f"needs 1 or {channels} slopes, got {shape_text(weight.shape)}")
        return (input,)


@operator
class Rrelu(ParametricActivation):
    """y = x where x > 0, else a · x; a is drawn from lower … upper in training, and (lower + upper) / 2 otherwise.

    One comparison and one multiplication per value; drawing the random number is not counted. Source: torch.nn.RReLU.
    """

    name = "rrelu"
    torch = spellings("rrelu")
    each = Cost(compares=1, multiplies=1)

    @classmethod
    def shape(
        cls,
        input: TensorSpec,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        training: bool = False,
        inplace: bool = False,
    ) -> Specs:
        return (input,)


@operator
class Hardsigmoid(Activation):
    """y = 0 where x ≤ −3, 1 where x ≥ 3, else x / 6 + 1/2.

    Two comparisons, one division and one addition per value. Source: torch.nn.Hardsigmoid.
    """

    name = "hardsigmoid"
    torch = spellings("hardsigmoid")
    each = Cost(compares=2, divides=1, adds=1)


@operator
class Hardswish(Activation):
    """y = 0 where x ≤ −3, x where x ≥ 3, else x · (x + 3) / 6.

    Two comparisons, one addition, one multiplication and one division per value. Source: torch.nn.Hardswish; Howard et
    al. 2019.
    """

    name = "hardswish"
    torch = spellings("hardswish")
    each = Cost(compares=2, adds=1, multiplies=1, divides=1)


class Shrinking(ParametricActivation):
    """Small values become zero."""

    @classmethod
    def shape(cls, input: TensorSpec, lambd: float = 0.5) -> Specs:
        return (input,)


@operator
class Softshrink(Shrinking):
    """y = x − lambd where x > lambd, x + lambd where x < −lambd, else 0.

    Two comparisons and two additions per value. Source: torch.nn.Softshrink.
    """

    name = "softshrink"
    torch = spellings("softshrink")
    each = Cost(compares=2, adds=2)


@operator
class Hardshrink(Shrinking):
    """y = x where x > lambd or x < −lambd, else 0. Two comparisons per value. Source: torch.nn.Hardshrink."""

    name = "hardshrink"
    torch = spellings("hardshrink")
    each = Cost(compares=2)
