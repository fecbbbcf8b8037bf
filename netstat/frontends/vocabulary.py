"""Which torch functions are which operators, and which do nothing worth a row."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch._ops import OpOverload, OpOverloadPacket

from netstat.ops import OPERATORS
from netstat.ops.base import Operator, signature

# Handing a tensor to another device means nothing for a count, and would fail on the meta device.
DEVICE_MOVES = frozenset({Tensor.cpu, Tensor.cuda, Tensor.to})
PLACES = ("torch.{}", "torch.Tensor.{}", "torch._C._nn.{}", "torch.nn.functional.{}", "torch.special.{}")
# What the dispatcher calls by another name than the functions above it.
DISPATCHED = {
    "_adaptive_avg_pool2d": "adaptive_avg_pool2d",
    "_adaptive_avg_pool3d": "adaptive_avg_pool3d",
    "_log_softmax": "log_softmax",
    "_safe_softmax": "softmax",
    "_softmax": "softmax",
    "_to_copy": "to",
    "_unsafe_view": "reshape",
    "native_dropout": "dropout",
    "native_group_norm": "group_norm",
    "native_layer_norm": "layer_norm",
}


class Word(NamedTuple):
    """A torch function's operator, and the attributes its name implies (`relu_`: inplace)."""

    operator: type[Operator]
    implied: dict[str, Any]

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call by name.

        Raises:
            TypeError: a spelling of the call that the operator's signature does not know.
        """
        if "self" in kwargs:
            kwargs = {"input" if name == "self" else name: value for name, value in kwargs.items()}
        return {**self.operator.bind(args, kwargs), **self.implied}


@cache
def vocabulary() -> dict[Callable[..., Any], Word]:
    """Operators by torch function, for the torch that is installed."""
    words = {}
    for operator in OPERATORS:
        for name in operator.torch:
            if (function := resolve(name)) is not None:
                words[function] = Word(operator, _implied(operator, name))
    return words


def resolve(name: str) -> Any:
    """The torch function of a dotted name, None where this torch has none."""
    if name.startswith("torch.ops."):  # looking one up that is not loaded is an error; they are found by name
        return None
    found: Any = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


@cache
def dispatched(func: OpOverload[..., Any] | OpOverloadPacket[..., Any]) -> Word | None:
    """The operator of what the dispatcher executes.

    Torch's own are looked up by the name of the function that calls them, others as `torch.ops.LIBRARY.NAME`.
    """
    space, name = qualified_name(func).split("::")
    if space != "aten":
        return _by_name().get(f"torch.ops.{space}.{name}")
    functions = (resolve(place.format(DISPATCHED.get(name, name))) for place in PLACES)
    return next((vocabulary()[f] for f in functions if f is not None and f in vocabulary()), None)


def qualified_name(func: OpOverload[..., Any] | OpOverloadPacket[..., Any]) -> str:
    """`aten::add`, whichever overload."""
    name: str = func._schema.name if isinstance(func, OpOverload) else func._qualified_op_name
    return name.partition(".")[0]


@cache
def _by_name() -> dict[str, Word]:
    return {name: Word(operator, _implied(operator, name)) for operator in OPERATORS for name in operator.torch}


def _implied(operator: type[Operator], name: str) -> dict[str, Any]:
    parameters = signature(operator)[1]  # type: ignore[arg-type]  # a class is hashable
    last = name.rpartition(".")[2]
    implied = {}
    if "inplace" in parameters and (_is_in_place_dunder(last) or (last.endswith("_") and not last.endswith("__"))):
        implied["inplace"] = True
    if last.endswith("_with_indices"):
        implied["return_indices"] = True
    return implied


def _is_in_place_dunder(name: str) -> bool:
    """`__iadd__`, which is `__add__` in place; not `__invert__`."""
    return name.startswith("__i") and hasattr(Tensor, f"__{name[3:]}")


@cache
def constructors() -> frozenset[Any]:
    """Functions that make a tensor out of nothing or out of another's shape: no arithmetic on the model's data."""
    stems = ("zeros", "ones", "empty", "full", "rand", "randn")
    names = [f"torch.{stem}{suffix}" for stem in stems for suffix in ("", "_like")]
    names += [f"torch.Tensor.new_{stem}" for stem in ("zeros", "ones", "empty", "full", "tensor")]
    names += ["torch.arange", "torch.linspace", "torch.eye", "torch.tensor", "torch.as_tensor", "torch.randint"]
    return frozenset(function for name in names if (function := resolve(name)) is not None)
