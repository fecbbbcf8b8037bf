"""Operators that turn values into another dtype: a copy where it changes, else the tensor itself."""

from collections.abc import Mapping
from typing import Any

from netstat.cost import ZERO, Cost
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.sight import Sight, in_place
from netstat.ops.spelling import is_dtype, is_tensor


class Cast(Operator):
    """The same values in another dtype; bytes move where it is not the one they have."""

    family = "layout"
    free = True

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        return in_place(operand.spec.shape, node.output.shape)

    @classmethod
    def cost(cls, input: TensorSpec, **attributes: Any) -> Cost:
        outputs = cls.shape(input, **attributes)
        moves = outputs[0].dtype != input.dtype or attributes.get("copy", False)
        return Cost(**traffic((input,), outputs)) if moves else ZERO


@operator
class To(Cast):
    """The dtype given, or that of another tensor; the device is no part of a count. Source: torch.Tensor.to."""

    name = "to"
    torch = ("torch.Tensor.to",)

    @staticmethod
    def shape(input: TensorSpec, dtype: str | None = None, copy: bool = False) -> Specs:
        return (TensorSpec(input.shape, dtype or input.dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """`to(dtype, non_blocking, copy)`, `to(device, dtype, non_blocking, copy)`, `to(other, non_blocking, copy)`."""
        input, *given = args
        flags = [value for value in given if isinstance(value, bool)]
        wanted = [_dtype_of(value) for value in (*given, kwargs.get("dtype"), kwargs.get("other"))]
        dtype = next((dtype for dtype in wanted if dtype), None)
        return {"input": input, "dtype": dtype, "copy": kwargs.get("copy", len(flags) == 2 and flags[1])}


def _dtype_of(value: Any) -> str | None:
    """The dtype that an argument says, None where it says something else."""
    name = str(value.dtype if is_tensor(value) else value).removeprefix("torch.")
    return name if is_dtype(name) else None


@operator
class TypeAs(Cast):
    """The dtype of another tensor, whose values do not matter. Source: torch.Tensor.type_as."""

    name = "type_as"
    torch = ("torch.Tensor.type_as",)
    tensors = ("input", "other")

    @staticmethod
    def shape(input: TensorSpec, other: TensorSpec) -> Specs:
        return (TensorSpec(input.shape, other.dtype),)


# What torch.Tensor.type takes besides dtypes: "torch.FloatTensor", "torch.cuda.HalfTensor"; in small letters, methods.
_OLD_NAMES = {
    "Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64",
    "Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool",
}  # fmt: skip


@operator
class Type(Cast):
    """The dtype given, or the one of an old tensor type's name. Source: torch.Tensor.type."""

    name = "type"
    torch = ("torch.Tensor.type",)

    @staticmethod
    def shape(input: TensorSpec, dtype: str, non_blocking: bool = False) -> Specs:
        return (TensorSpec(input.shape, dtype),)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        bound = super().bind(args, kwargs)
        name = str(bound["dtype"]).removeprefix("torch.")
        dtype = name if is_dtype(name) else _OLD_NAMES.get(name.removeprefix("cuda.").removesuffix("Tensor"))
        if dtype is None:
            raise TypeError(f"'{name}' is no dtype; without one, a tensor's type is asked for")
        return {**bound, "dtype": dtype}


class _To(Cast):
    """The same values in the dtype of its name; the tensor itself where it has that. Source: torch.Tensor."""

    dtype: str

    @classmethod
    def shape(cls, input: TensorSpec, memory_format: Any = None) -> Specs:
        return (TensorSpec(input.shape, cls.dtype),)


for _old, _dtype in _OLD_NAMES.items():
    _name = _old.lower()
    _members = {"__doc__": _To.__doc__, "name": _name, "dtype": _dtype, "torch": (f"torch.Tensor.{_name}",)}
    operator(type(f"To{_old}", (_To,), _members))
