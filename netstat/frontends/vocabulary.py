"""Which torch functions are which operators, and which do nothing worth a row."""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from netstat.ops import OPERATORS
from netstat.ops.base import Operator, signature


class Word(NamedTuple):
    """A torch function's operator, and the attributes its name implies (`relu_`: inplace)."""

    operator: type[Operator]
    implied: dict[str, Any]


def vocabulary() -> dict[Callable[..., Any], Word]:
    """Operators by torch function, for the torch that is installed; torchvision's once it has been imported."""
    return _words("torchvision" in sys.modules)


@cache
def _words(torchvision: bool) -> dict[Callable[..., Any], Word]:
    words = {}
    for operator in OPERATORS:
        for name in operator.torch:
            if (function := resolve(name)) is not None:
                words[function] = Word(operator, _implied(operator, name))
    return words


def resolve(name: str) -> Any:
    """The torch function of a dotted name, None where this torch has none."""
    found: Any = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


def _implied(operator: type[Operator], name: str) -> dict[str, Any]:
    parameters = signature(operator)[1]  # type: ignore[arg-type]  # a class is hashable
    last = name.rpartition(".")[2]
    implied = {}
    if "inplace" in parameters and (last == "__iadd__" or (last.endswith("_") and not last.endswith("__"))):
        implied["inplace"] = True
    if last.endswith("_with_indices"):
        implied["return_indices"] = True
    return implied


@cache
def constructors() -> frozenset[Callable[..., Any]]:
    """Functions that make a tensor out of nothing: no arithmetic on the model's data."""
    stems = ("zeros", "ones", "empty", "full", "rand", "randn")
    names = [f"torch.{stem}{suffix}" for stem in stems for suffix in ("", "_like")]
    names += [f"torch.Tensor.new_{stem}" for stem in ("zeros", "ones", "empty", "full", "tensor")]
    names += ["torch.arange", "torch.linspace", "torch.eye", "torch.tensor", "torch.as_tensor", "torch.randint"]
    return frozenset(function for name in names if (function := resolve(name)) is not None)


# Handing a meta tensor to another device would fail, and means nothing for a count.
DEVICE_MOVES = frozenset({Tensor.cpu, Tensor.cuda, Tensor.to})
