"""What operators share that work value by value, on operands repeated to the shape they have together."""

from collections.abc import Callable, Mapping
from functools import reduce
from itertools import zip_longest
from typing import Any, ClassVar

from netstat.cost import ZERO, Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import common_size
from netstat.ops.base import Operator, Specs, signature, traffic
from netstat.ops.dtypes import Operand, result_dtype
from netstat.ops.sight import Sight, in_place
from netstat.units import shape as shape_text


class Elementwise(Operator):
    """An output value is made of the values of the operands at the same place; no parameters.

    Attributes:
        each: elementary operations per output value; `per_value` where they depend on how it is called.
        dtype: dtype of the output by the operands, where it is not written over one of them.
        takes_complex: whether its formula holds for complex numbers too. Otherwise a call with complex numbers does not
            fit the operator, and is listed as uncounted rather than counted wrongly.
    """

    family = "elementwise"
    each: ClassVar[Cost] = ZERO
    dtype: ClassVar[Callable[..., str]] = staticmethod(result_dtype)
    takes_complex: ClassVar[bool] = False

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return in_place(operand.spec.shape, node.output.shape)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        if not cls.takes_complex and any(map(_is_complex, (*args, *kwargs.values()))):
            raise TypeError(f"{cls.name} has no formula for complex numbers")
        return super().bind(args, {name: value for name, value in kwargs.items() if name != "out"})

    @classmethod
    def cost(cls, *args: Any, **kwargs: Any) -> Cost:
        """What one value takes, for every output value, and the traffic; takes what `shape` takes."""
        arguments = {**dict(zip(signature(cls)[0], args, strict=False)), **kwargs}  # type: ignore[arg-type]
        (output,) = cls.shape(**arguments)
        read = (operand for name in cls.tensors if isinstance(operand := arguments.get(name), TensorSpec))
        return cls.per_value(**arguments) * output.numel + Cost(**traffic(read, (output,)))

    @classmethod
    def per_value(cls, *args: Any, **kwargs: Any) -> Cost:
        """Elementary operations per output value; takes what `shape` takes, by name."""
        return cls.each

    @classmethod
    def _output(cls, *operands: Operand | None, inplace: bool = False) -> TensorSpec:
        """The spec of the result; of a result in place, that of the first operand."""
        given = [operand for operand in operands if operand is not None]
        sizes = reduce(broadcast, (operand.shape for operand in given if isinstance(operand, TensorSpec)))
        first = given[0]
        if not (inplace and isinstance(first, TensorSpec)):
            return TensorSpec(sizes, cls.dtype(*given))
        if sizes != first.shape:
            raise ShapeError(f"a result of shape {shape_text(sizes)} does not fit into {shape_text(first.shape)}")
        return first


class Unary(Elementwise):
    """One operand."""

    @classmethod
    def shape(cls, input: TensorSpec, inplace: bool = False) -> Specs:
        return (cls._output(input, inplace=inplace),)


class Binary(Elementwise):
    """Two operands; either may be a number."""

    tensors = ("input", "other")

    @classmethod
    def shape(cls, input: Operand, other: Operand, inplace: bool = False) -> Specs:
        return (cls._output(input, other, inplace=inplace),)


def broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape two tensors have together: sizes aligned at the last dimension, 1 stretches.

    Raises:
        ShapeError: two sizes differ and neither is 1.
    """
    sizes = []
    for x, y in zip_longest(reversed(a), reversed(b), fillvalue=1):
        together = common_size(x, y)
        if together is None:
            raise ShapeError(f"shapes {shape_text(a)} and {shape_text(b)} do not fit together")
        sizes.append(together)
    return tuple(reversed(sizes))


def _is_complex(value: Any) -> bool:
    return isinstance(value, complex) or "complex" in str(getattr(value, "dtype", ""))
