"""Which torch functions are which operators, and which do nothing worth a row."""

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from torch import Tensor

from netstat.ops import OPERATORS
from netstat.ops.base import Operator, signature
from netstat.ops.spelling import renamed

# Handing a tensor to another device means nothing for a count, and would fail on the meta device.
DEVICE_MOVES = frozenset({Tensor.cpu, Tensor.cuda, Tensor.to})
_ORDERED = ("sub", "div", "truediv", "floordiv", "mod", "pow", "lshift", "rshift")  # a ∘ b is not b ∘ a
_IN_PLACE = {f"__i{stem}__" for stem in (*_ORDERED, "add", "mul", "and", "or", "xor", "matmul")}
_REFLECTED = {"torch.rsub", *(f"torch.Tensor.__r{stem}__" for stem in _ORDERED)}
_OTHER_WAY_ROUND = {"input": "other", "other": "input"}


class Word(NamedTuple):
    """A torch function's operator, and the attributes its name implies (`relu_`: inplace).

    `otherwise` is another operator of the function, for calls that this one does not take. A reflected one takes its
    first two operands the other way round (`2 - x` calls `x.__rsub__(2)`).
    """

    operator: type[Operator]
    implied: dict[str, Any]
    reflected: bool = False
    otherwise: "Word | None" = None

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call by name.

        Raises:
            TypeError: a spelling of the call that the operator's signature does not know.
        """
        if "self" in kwargs:
            kwargs = renamed(kwargs, self="input")
        if not self.reflected:
            return {**self.operator.bind(args, kwargs), **self.implied}
        named = renamed(kwargs, **_OTHER_WAY_ROUND)
        a, b = self.operator.tensors[:2]
        return {**self.operator.bind((), {**dict(zip((b, a), args, strict=False)), **named}), **self.implied}

    def understood(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> "tuple[type[Operator], Any] | None":
        """The operator of a call and its arguments by name; None for a spelling that no operator's signature knows."""
        try:
            return self.operator, self.bind(args, kwargs)
        except TypeError:
            return self.otherwise.understood(args, kwargs) if self.otherwise else None


def vocabulary() -> dict[Callable[..., Any], Word]:
    """Operators by torch function, for the torch that is installed and the operators that are registered.

    Where one function is two operators, `Word.otherwise` is the second.
    """
    return _vocabulary(changes())


@cache
def _vocabulary(changed: int) -> dict[Callable[..., Any], Word]:
    first, second = ([operator for operator in OPERATORS if operator.by_values is by] for by in (False, True))
    last_resort = _words(second, {})
    return last_resort | _words(first, last_resort)


def _words(
    operators: Iterable[type[Operator]], otherwise: Mapping[Callable[..., Any], Word]
) -> dict[Callable[..., Any], Word]:
    named = ((resolve(name), operator, name) for operator in operators for name in operator.torch)
    return {
        function: Word(operator, implied(operator, name), name in _REFLECTED, otherwise.get(function))
        for function, operator, name in named
        if function is not None
    }


def resolve(name: str) -> Any:
    """The torch function of a dotted name, None where this torch has none."""
    if name.startswith("torch.ops."):  # looking one up that is not loaded is an error; they are found by name
        return None
    root, *rest = name.split(".")
    found: Any = sys.modules.get(root)  # what is not loaded has not been called
    for part in rest:
        found = getattr(found, part, None)
    return found


def changes() -> int:
    """How often the registry of operators has changed, all of them loaded."""
    OPERATORS.names()
    return OPERATORS.changes


def operator_of_module(kind: type) -> type[Operator] | None:
    """The operator that the whole forward of a module of this class is, None where it has none."""
    return _operator_of_module(kind, changes())


@cache
def _operator_of_module(kind: type, changed: int) -> type[Operator] | None:
    names = {name: operator for operator in OPERATORS for name in operator.modules}
    found = (names.get(f"{base.__module__}.{base.__qualname__}") for base in kind.__mro__)
    return next((operator for operator in found if operator), None)


def implied(operator: type[Operator], name: str) -> dict[str, Any]:
    """The attributes that a function's name says."""
    parameters = signature(operator)[1]  # type: ignore[arg-type]  # a class is hashable
    last = name.rpartition(".")[2]
    found: dict[str, Any] = {}
    if "inplace" in parameters and (last in _IN_PLACE or (last.endswith("_") and not last.endswith("__"))):
        found["inplace"] = True
    if last.endswith("_with_indices"):
        found["return_indices"] = True
    return found


@cache
def constructors() -> frozenset[Any]:
    """Functions that make a tensor out of nothing or out of another's shape: no arithmetic on the model's data."""
    stems = ("zeros", "ones", "empty", "full", "rand", "randn")
    names = [f"torch.{stem}{suffix}" for stem in stems for suffix in ("", "_like")]
    names += [f"torch.Tensor.new_{stem}" for stem in ("zeros", "ones", "empty", "full", "tensor")]
    names += ["torch.arange", "torch.linspace", "torch.eye", "torch.tensor", "torch.as_tensor", "torch.randint"]
    return frozenset(function for name in names if (function := resolve(name)) is not None)
