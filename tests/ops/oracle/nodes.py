"""A call as a node of a graph."""

from netstat.graph import Argument, Node, Source
from netstat.ops import OPERATORS
from netstat.ops.base import signature
from oracle.cases import Call


def node_of(name: str, call: Call) -> Node:
    """The call, its tensors being inputs of the graph."""
    arguments: list[Argument] = []
    for key, specs in call.tensors.items():
        for index, spec in enumerate(specs if isinstance(specs, list) else [specs]):
            label = f"{key}.{index}" if isinstance(specs, list) else key
            if spec is not None:
                arguments.append(Argument(label, spec, Source("input", label)))
    given = {**signature(OPERATORS[name])[1], **call.attributes}
    attributes = OPERATORS[name].canonical({key: given[key] for key in given if key not in OPERATORS[name].tensors})
    outputs = OPERATORS[name].shape(**call.arguments)
    return Node(name, "", "", True, True, 0, tuple(arguments), attributes, outputs)
