"""Operators that work value by value, and softmax."""

from collections.abc import Mapping
from typing import Any

from netstat.cost import ZERO, Cost
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.base import Operator, Specs, operator, spellings, traffic
from netstat.ops.broadcasting import Elementwise, Unary
from netstat.ops.dtypes import Operand, floating_dtype, is_complex
from netstat.ops.sight import Sight, gathered, in_place


class Activation(Unary):
    """One value in, one value out; no parameters, same shape."""

    family = "activation"


class ParametricActivation(Elementwise):
    """An activation with parameters of its own, fixed or learnt."""

    family = "activation"


@operator
class Relu(Activation):
    """y = max(0, x). One comparison per value. Source: torch.nn.ReLU."""

    name = "relu"
    torch = spellings("relu")
    each = Cost(compares=1)


@operator
class Sigmoid(Activation):
    """y = 1 / (1 + e^−x). One exponential, one addition, one division per value. Source: torch.nn.Sigmoid."""

    name = "sigmoid"
    torch = spellings("sigmoid", "expit")
    each = Cost(specials=1, adds=1, divides=1)
    dtype = staticmethod(floating_dtype)


@operator
class Tanh(Activation):
    """y = tanh x. One special function per value. Source: torch.nn.Tanh."""

    name = "tanh"
    torch = spellings("tanh")
    each = Cost(specials=1)
    dtype = staticmethod(floating_dtype)


def softmax(many: Size, values: Size) -> Cost:
    """Softmax of so many rows, so many values in all."""
    return Cost(specials=values, adds=values - many, divides=values)


@operator
class Softmax(Operator):
    """R rows of F values along `dim`.

    y[r, i] = e^x[r, i] / Σ_j e^x[r, j]

    No parameters. Per row: F exponentials, F − 1 additions, F divisions. Taking the row's maximum off first guards
    against overflow and is no part of the definition: not counted. Source: torch.nn.Softmax.
    """

    name = "softmax"
    family = "activation"
    torch = spellings("softmax")

    @staticmethod
    def shape(input: TensorSpec, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Specs:
        return (TensorSpec(input.shape, dtype or input.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        if len(args) == 3 and not isinstance(args[2], int):  # torch.softmax(input, dim, dtype)
            return super().bind(args[:2], {"dtype": args[2]})
        return super().bind(args, kwargs)

    @staticmethod
    def cost(input: TensorSpec, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Cost:
        (output,) = Softmax.shape(input, dim, dtype=dtype)
        features = input.shape[_softmax_dim(input) if dim is None else dim] if input.shape else 1
        return softmax(input.numel // features, input.numel) + Cost(**traffic((input,), (output,)))

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        shape, dim = node.input.shape, node.attributes["dim"]
        return gathered(shape, [(_softmax_dim(node.input) if dim is None else dim) % max(len(shape), 1)])


def _softmax_dim(input: TensorSpec) -> int:
    """torch's choice where no dimension is given: 0 for 0, 1 and 3 dimensions, else 1."""
    return 0 if len(input.shape) in (0, 1, 3) else 1


@operator
class Dropout(Operator):
    """y = x · m / (1 − p), m one with probability 1 − p, else zero; in eval mode y = x.

    No parameters. Eval: nothing. Training, per value: one comparison (keep or drop), one multiplication by 0 or 1/(1 −
    p); drawing the random number is not counted. Source: torch.nn.Dropout; Srivastava et al. 2014.
    """

    name = "dropout"
    family = "dropout"
    torch = ("torch.nn.functional.dropout", "torch.dropout", "torch.dropout_")

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return in_place(operand.spec.shape, node.output.shape)

    @staticmethod
    def shape(input: TensorSpec, p: float = 0.5, training: bool = True, inplace: bool = False) -> Specs:
        return (input,)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        named = {"training" if name == "train" else name: value for name, value in kwargs.items()}  # torch.dropout
        return super().bind(args, named)

    @classmethod
    def makes_tensor(cls, **attributes: Any) -> bool:
        return bool(attributes["training"] and not attributes["inplace"])

    @staticmethod
    def cost(input: TensorSpec, p: float = 0.5, training: bool = True, inplace: bool = False) -> Cost:
        if not training:
            return ZERO
        return Cost(multiplies=input.numel, compares=input.numel, **traffic((input,), (input,)))


@operator
class Add(Elementwise):
    """y = x + alpha · other, the smaller of the two repeated to the larger's shape (broadcasting).

    One addition per output value; where alpha is not 1, one multiplication per value of `other`. Of two complex numbers
    both parts are added. Source: torch.add.
    """

    name = "add"
    torch = (*spellings("add"), "torch.Tensor.__add__", "torch.Tensor.__radd__", "torch.Tensor.__iadd__")
    tensors = ("input", "other")
    takes_complex = True

    @classmethod
    def shape(cls, input: Operand, other: Operand, alpha: float = 1, inplace: bool = False) -> Specs:
        return (cls._output(input, other, inplace=inplace),)

    @classmethod
    def per_value(cls, input: Operand, other: Operand, **chosen: Any) -> Cost:
        return Cost(adds=2 if is_complex(input) and is_complex(other) else 1)

    @classmethod
    def cost(cls, input: Operand, other: Operand, alpha: float = 1, inplace: bool = False) -> Cost:
        scaled = other.numel * (1 + is_complex(other)) if alpha != 1 and isinstance(other, TensorSpec) else 0
        return super().cost(input, other, alpha, inplace) + Cost(multiplies=scaled)
