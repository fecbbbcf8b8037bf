"""Every operator explained: its rules run on letters come, with numbers put in, to what the loops counted."""

from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from oracle import ORACLES, Call
from oracle.draws import THOROUGH, drawn

from netstat.analysis.explanation import explanations
from netstat.analysis.profile import profile
from netstat.conventions import CONVENTIONS
from netstat.cost import FIELDS
from netstat.graph import Argument, Graph, Node, Param, Source, TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.base import signature
from netstat.records.explanation import Explanation

LETTERED = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "linear", "relu", "gelu", "softmax"]
LETTERED += ["max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool1d", "upsample_nearest2d", "prelu"]
LETTERED += ["batch_norm", "layer_norm", "group_norm", "rms_norm", "instance_norm", "local_response_norm"]
LETTERED += ["scaled_dot_product_attention", "matmul", "mm", "bmm", "addmm", "lstm_cell", "gru_cell", "add", "mul"]
LETTERED += [
    "embedding",
    "flatten",
    "upsample_bilinear2d",
    "log_softmax",
    "lstm",
    "gru",
    "sigmoid",
    "tanh",
    "cat",
    "hardswish",
]


def graph_of(name: str, call: Call) -> Graph:
    """A graph of one node, whose weights are parameters."""
    arguments = []
    for key, specs in call.tensors.items():
        kind = "param" if key in ("weight", "bias", "params") else "input"
        named = {key: specs} if isinstance(specs, TensorSpec) else {f"{key}.{i}": s for i, s in enumerate(specs or ())}
        arguments += [Argument(path, spec, Source(kind, path)) for path, spec in named.items()]
    defaults: dict[str, Any] = signature(OPERATORS[name])[1]
    given = {key: value for key, value in defaults.items() if key not in call.tensors} | call.attributes
    attributes = {key: value for key, value in given.items() if key not in OPERATORS[name].tensors or value is not None}
    outputs = OPERATORS[name].shape(**call.arguments)
    node = Node(name, "layer", "", False, True, 0, tuple(arguments), attributes, outputs)
    owned = tuple(Param(each.name, each.spec) for each in arguments if each.source.kind == "param")
    return Graph(name, (), (node,), owned)


def explained(name: str, call: Call) -> Explanation:
    graph = graph_of(name, call)
    (layer,) = explanations(graph, profile(graph, CONVENTIONS["documents"])).layers
    return layer


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@settings(drawn(6), max_examples=6 if THOROUGH else 2)
def test_an_explanation_comes_to_what_the_loops_counted(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls)
    results = {step.name: step.result for step in explained(name, call).steps}
    counted = ORACLES[name](call).cost
    whole = {field: getattr(counted, field) for field in FIELDS} | {"flops": counted.flops}
    assert {field: results.get(field, 0) for field in whole} == whole


@pytest.mark.parametrize("name", LETTERED)
def test_common_operators_are_explained_in_letters_with_a_meaning(name: str) -> None:
    once = settings(drawn(90), phases=[Phase.generate])
    call = find(ORACLES[name].calls, lambda call: bool(explained(name, call).letters), settings=once)
    assert all(letter.meaning for letter in explained(name, call).letters)
