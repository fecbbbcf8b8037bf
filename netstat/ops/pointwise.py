"""Operators that work value by value, and softmax."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from netstat.cost import ZERO, Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.dtypes import result_dtype
from netstat.units import shape as shape_text


class Activation(Operator):
    """One value in, one value out; no parameters, same shape."""

    family = "activation"

    @classmethod
    def is_local(cls, **attributes: Any) -> bool:
        return True

    @classmethod
    def shape(cls, input: TensorSpec, inplace: bool = False) -> Specs:
        return (input,)


@operator
class Relu(Activation):
    """y = max(0, x). One comparison per value. Source: torch.nn.ReLU."""

    name = "relu"
    torch = (
        "torch.nn.functional.relu",
        "torch.relu",
        "torch.relu_",
        "torch.Tensor.relu",
        "torch.Tensor.relu_",
    )

    @classmethod
    def cost(cls, input: TensorSpec, inplace: bool = False) -> Cost:
        return Cost(compares=input.numel, **traffic((input,), (input,)))


@operator
class Sigmoid(Activation):
    """y = 1 / (1 + e^−x). One exponential, one addition, one division per value. Source: torch.nn.Sigmoid."""

    name = "sigmoid"
    torch = (
        "torch.sigmoid",
        "torch.sigmoid_",
        "torch.nn.functional.sigmoid",
        "torch.Tensor.sigmoid",
        "torch.Tensor.sigmoid_",
    )

    @classmethod
    def cost(cls, input: TensorSpec, inplace: bool = False) -> Cost:
        n = input.numel
        return Cost(specials=n, adds=n, divides=n, **traffic((input,), (input,)))


@operator
class Tanh(Activation):
    """y = tanh x. One special function per value. Source: torch.nn.Tanh."""

    name = "tanh"
    torch = ("torch.tanh", "torch.tanh_", "torch.nn.functional.tanh", "torch.Tensor.tanh", "torch.Tensor.tanh_")

    @classmethod
    def cost(cls, input: TensorSpec, inplace: bool = False) -> Cost:
        return Cost(specials=input.numel, **traffic((input,), (input,)))


@operator
class Softmax(Operator):
    """R rows of F values along `dim`.

    y[r, i] = e^x[r, i] / Σ_j e^x[r, j]

    No parameters. Per row: F exponentials, F − 1 additions, F divisions. Taking the row's maximum off first guards
    against overflow and is no part of the definition: not counted. Source: torch.nn.Softmax.
    """

    name = "softmax"
    family = "activation"
    torch = ("torch.nn.functional.softmax", "torch.softmax", "torch.Tensor.softmax")

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
        n = input.numel
        return Cost(specials=n, adds=n - n // features, divides=n, **traffic((input,), (output,)))


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
    def is_local(cls, **attributes: Any) -> bool:
        return True

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
class Add(Operator):
    """y = x + alpha · other, the smaller of the two repeated to the larger's shape (broadcasting).

    One addition per output value; where alpha is not 1, one multiplication per value of `other`. Source: torch.add.
    """

    name = "add"
    family = "elementwise"
    torch = (
        "torch.add",
        "torch.Tensor.add",
        "torch.Tensor.add_",
        "torch.Tensor.__add__",
        "torch.Tensor.__radd__",
        "torch.Tensor.__iadd__",
    )
    tensors = ("input", "other")

    @classmethod
    def is_local(cls, **attributes: Any) -> bool:
        return True

    @staticmethod
    def shape(
        input: TensorSpec, other: "TensorSpec | float", alpha: float = 1, out: None = None, inplace: bool = False
    ) -> Specs:
        sizes = broadcast(input.shape, other.shape) if isinstance(other, TensorSpec) else input.shape
        return (TensorSpec(sizes, input.dtype if inplace else result_dtype(input, other)),)

    @staticmethod
    def cost(
        input: TensorSpec, other: "TensorSpec | float", alpha: float = 1, out: None = None, inplace: bool = False
    ) -> Cost:
        (output,) = Add.shape(input, other, inplace=inplace)
        scaled = other.numel if alpha != 1 and isinstance(other, TensorSpec) else 0
        read = (input, other if isinstance(other, TensorSpec) else None)
        return Cost(adds=output.numel, multiplies=scaled, **traffic(read, (output,)))


def broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape two tensors have together: sizes aligned at the last dimension, 1 stretches.

    Raises:
        ShapeError: two sizes differ and neither is 1.
    """
    sizes = []
    for x, y in zip_longest(reversed(a), reversed(b), fillvalue=1):
        if x != y and 1 not in (x, y):
            raise ShapeError(f"shapes {shape_text(a)} and {shape_text(b)} do not fit together")
        sizes.append(y if x == 1 else x)
    return tuple(reversed(sizes))
