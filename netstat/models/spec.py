"""The language models are written in: layers, calls and blocks. No torch.

A spec is read twice: by the builder, which follows the shapes, and by `assemble`, which makes the real torch.nn module.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

Shape = tuple[int, ...]


class Layer(NamedTuple):
    """A leaf module.

    Attributes:
        module: class in torch.nn.
        arguments: what its constructor takes.
        op: the operator its forward calls.
        attributes: what it calls it with, besides tensors.
        params: shapes of its parameters by name.
        buffers: shapes of its floating-point buffers by name.
        spelled: the function its forward calls, where it is not the operator's in torch.nn.functional.
    """

    module: str
    arguments: Mapping[str, Any]
    op: str
    attributes: Mapping[str, Any] = {}
    params: Mapping[str, Shape] = {}
    buffers: Mapping[str, Shape] = {}
    spelled: str = ""


class Call(NamedTuple):
    """A functional operator inside a block's forward."""

    op: str
    attributes: Mapping[str, Any] = {}


class Block(NamedTuple):
    """A container: named children and unnamed calls, run in order.

    `module` is the class name; "Sequential" makes a torch.nn.Sequential.
    """

    module: str
    steps: "tuple[tuple[str, Layer | Block | Call], ...]"


def sequential(*children: "Layer | Block") -> Block:
    """Children named by their position."""
    return Block("Sequential", tuple((str(i), child) for i, child in enumerate(children)))
