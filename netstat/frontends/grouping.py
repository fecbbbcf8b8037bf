"""Convolutions given as many groups as there are cards, so that the kernels of each see only its own channels."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from netstat.errors import UsageError
from netstat.frontends.subject import Subject
from netstat.graph import Argument, Graph, Node, TensorSpec
from netstat.registry import unknown

CONVOLUTIONS = frozenset({"conv1d", "conv2d", "conv3d"})


def grouped(subject: Subject, patterns: Sequence[str], groups: int) -> tuple[Subject, tuple[str, ...]]:
    """The model with `groups` groups in the convolutions whose paths match, and these paths.

    Raises:
        UsageError: a pattern that matches no convolution without groups, or channels that do not come out.
    """
    graph = subject.graph
    ungrouped = {node.path: node for node in graph.nodes if _is_ungrouped(node)}
    for pattern in patterns:
        if not any(fnmatchcase(path, pattern) for path in ungrouped):
            raise UsageError(unknown("convolution without groups", pattern, ungrouped))
    paths = tuple(path for path in ungrouped if any(fnmatchcase(path, pattern) for pattern in patterns))
    for path in paths:
        _check(ungrouped[path], groups)
    nodes = tuple(_node(node, paths, groups) for node in graph.nodes)
    own = subject.module if subject.owned else lambda: deepcopy(subject.module())
    changed = subject._replace(
        graph=replace(graph, nodes=nodes, params=_params(graph, paths, groups)),
        module=lambda: _module(own, paths, groups),
        outline=lambda: _module(lambda: deepcopy(subject.outline()), paths, groups),
        owned=True,
        named=None,
    )
    return changed, paths


def _is_ungrouped(node: Node) -> bool:
    """A module of torch's own, which can be made anew."""
    return node.op in CONVOLUTIONS and node.leaf and node.stock and node.attributes["groups"] == 1


def _check(node: Node, groups: int) -> None:
    ins, outs = node.input.shape[1], node.output.shape[1]
    if ins % groups or outs % groups:
        raise UsageError(f"'{node.path}' cannot have {groups} groups: {ins} input and {outs} output channels")


def _node(node: Node, paths: Sequence[str], groups: int) -> Node:
    if node.path not in paths or node.op not in CONVOLUTIONS:
        return node
    arguments = tuple(_argument(argument, groups) for argument in node.arguments)
    return node._replace(arguments=arguments, attributes={**node.attributes, "groups": groups})


def _argument(argument: Argument, groups: int) -> Argument:
    return argument._replace(spec=_weight(argument.spec, groups)) if argument.name == "weight" else argument


def _weight(spec: TensorSpec, groups: int) -> TensorSpec:
    outs, ins, *kernel = spec.shape
    return spec._replace(shape=(outs, ins // groups, *kernel))


def _params(graph: Graph, paths: Sequence[str], groups: int) -> tuple[Any, ...]:
    weights = {f"{path}.weight" for path in paths}
    return tuple(p._replace(spec=_weight(p.spec, groups)) if p.name in weights else p for p in graph.params)


def _module(make: Callable[[], Any], paths: Sequence[str], groups: int) -> Any:
    """The module, with new convolutions of the same settings in these places."""
    from netstat.frontends.guards import random_state_kept

    module = make()
    with random_state_kept():
        for path in paths:
            parent, _, name = path.rpartition(".")
            setattr(module.get_submodule(parent), name, _convolution(module.get_submodule(path), groups))
    return module


def _convolution(old: Any, groups: int) -> Any:
    names = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "padding_mode")
    settings = {name: getattr(old, name) for name in names}
    weight = old.weight
    return type(old)(**settings, groups=groups, bias=old.bias is not None, device=weight.device, dtype=weight.dtype)
