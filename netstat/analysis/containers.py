"""The modules that hold others, with the parameters that are read inside them."""

from collections.abc import Iterator, Mapping

from netstat.graph import Graph, Node, Param
from netstat.records.profile import Module
from netstat.records.view import enclosing


def containers(graph: Graph, owned: Mapping[str, Param], depth: int | None = None) -> tuple[Module, ...]:
    """Every module that operator calls are told apart in, in the order of their first call; the model itself left out.

    Those are the modules with a path around another one's, the ones whose own forward calls operators beside their
    children, and leaves that call operators of several kinds.

    Args:
        graph: the forward pass.
        owned: its parameters by name.
        depth: leave out those of this many names and more, which are folded into a row.
    """
    classes = {**{node.path: node.module for node in graph.nodes}, **graph.classes}
    several = _of_several_kinds(graph)
    read: dict[str, dict[str, bool]] = {}
    seen: set[str] = set()
    for node in graph.nodes:
        names = [name for name in node.param_names if name in owned]
        for path in _around(node, several):
            known = read.setdefault(path, {})
            for name in names:
                known.setdefault(name, name in seen)
        seen.update(names)
    shallow = (path for path in read if depth is None or path.count(".") + 1 < depth)
    return tuple(_module(path, classes.get(path, ""), read[path], owned) for path in shallow)


def _of_several_kinds(graph: Graph) -> set[str]:
    """Paths under which different operators were called."""
    first: dict[str, str] = {}
    return {node.path for node in graph.nodes if first.setdefault(node.path, node.op) != node.op}


def _around(node: Node, several: set[str]) -> Iterator[str]:
    yield from enclosing(node.path)
    if node.path and (not node.leaf or node.path in several):
        yield node.path


def _module(path: str, kind: str, read: Mapping[str, bool], owned: Mapping[str, Param]) -> Module:
    sizes = {name: owned[name].elements for name in read}
    return Module(
        path=path,
        module=kind,
        params=sum(sizes.values()),
        trainable_params=sum(size for name, size in sizes.items() if owned[name].trainable),
        repeated_params=sum(size for name, size in sizes.items() if read[name]),
    )
