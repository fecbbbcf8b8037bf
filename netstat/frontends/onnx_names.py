"""Where a node of an ONNX file stands in the module it was exported from."""

import ast
from collections.abc import Iterable
from typing import Any, NamedTuple

from netstat.frontends.files import plain_text
from netstat.graph import Node

LONGEST_NOTE = 10_000  # characters of what an exporter notes at a node


class Place(NamedTuple):
    """Path of the module whose forward ran the node, its class, and whether that is torch's own."""

    path: str
    module: str
    stock: bool


def place_of(node: Any) -> Place:
    """What torch's exporter notes at the node; else the node's name, or that of what it makes.

    The older exporter makes names such as "/layer1/layer1.0/conv1/Conv", the newer one "node_conv2d".
    """
    notes = {entry.key: entry.value for entry in node.metadata_props}
    scopes, classes = (_names(notes.get(f"pkg.torch.onnx.{key}", "")) for key in ("name_scopes", "class_hierarchy"))
    if len(scopes) > 1 and len(classes) == len(scopes):
        kind = classes[-2]
        return Place(plain_text(scopes[-2]), plain_text(kind.rpartition(".")[2]), kind.startswith("torch.nn.modules."))
    if node.name.startswith("/"):
        return Place(plain_text(_joined(node.name.split("/")[1:])), "", False)
    name = node.name.removeprefix("node_") or next(filter(None, node.output), "") or node.op_type
    return Place(plain_text(name), "", False)


def _names(note: str) -> list[str]:
    """A list of names as Python writes it; empty where it is none."""
    if not note or len(note) > LONGEST_NOTE:
        return []
    try:
        found = ast.literal_eval(note)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return []
    return found if isinstance(found, list) and all(isinstance(name, str) for name in found) else []


def _joined(parts: Iterable[str]) -> str:
    """Scopes within each other: a part that begins with all before it stands for them."""
    path = ""
    for part in parts:
        path = part if not path or part.startswith(f"{path}.") else f"{path}.{part}"
    return path


def marked_leaves(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """The nodes, with whether their module has children: as far as their paths tell."""
    nodes = tuple(nodes)
    inner = {path[:i] for path in {node.path for node in nodes} for i, char in enumerate(path) if char == "."} | {""}
    return tuple(node._replace(leaf=bool(node.module) and node.path not in inner) for node in nodes)
