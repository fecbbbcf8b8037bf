"""The spellings of a contraction are captured as that operator, with the tensors under its own names."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from netstat.frontends.pytorch import capture
from netstat.frontends.trying import capture_lightest
from netstat.graph import Graph
from netstat.ops import node_cost

pytestmark = [pytest.mark.torch]
PAIR = [(2, 3), (3, 4)]
LAYERS: list[tuple[Callable[..., Any], list[tuple[int, ...]], str, list[str]]] = [
    (lambda x, y: x @ y, PAIR, "matmul", ["input", "other"]),
    (lambda x, y: torch.linalg.matmul(x, y), PAIR, "matmul", ["input", "other"]),
    (lambda x, y: torch.matmul(x, y, out=torch.empty(2, 4, device="meta")), PAIR, "matmul", ["input", "other"]),
    (lambda x, y: torch.mm(x, mat2=y), PAIR, "mm", ["input", "mat2"]),
    (lambda x, y: torch.tensordot(x, y, 1), PAIR, "tensordot", ["a", "b"]),
    (lambda x, y: torch.chain_matmul(x, y), PAIR, "multi_dot", ["tensors.0", "tensors.1"]),
    (lambda x, y: torch.linalg.multi_dot((x, y)), PAIR, "multi_dot", ["tensors.0", "tensors.1"]),
    (lambda x, y: torch.einsum("ij,jk", x, y), PAIR, "einsum", ["operands.0", "operands.1"]),
    (lambda x, y: torch.einsum("ij,jk", [x, y]), PAIR, "einsum", ["operands.0", "operands.1"]),
    (lambda x, y: torch.einsum(x, [0, 1], y, [1, 2]), PAIR, "einsum", ["operands.0", "operands.1"]),
    (lambda x, y: x.addmm_(x, y), [(2, 2), (2, 2)], "addmm", ["input", "mat1", "mat2"]),
    (lambda x, y: torch.dot(x, tensor=y), [(3,), (3,)], "dot", ["input", "other"]),
    (lambda x, y: x.vdot(y), [(3,), (3,)], "dot", ["input", "other"]),
    (lambda x, y: x.ger(y), [(3,), (4,)], "outer", ["input", "vec2"]),
    (nn.Bilinear(3, 4, 5, bias=False), [(2, 3), (2, 4)], "bilinear", ["input1", "input2", "weight"]),
    (nn.ConvTranspose2d(3, 4, 3, bias=False), [(3, 5, 5)], "conv_transpose2d", ["input", "weight"]),
    (
        lambda q, k: F.scaled_dot_product_attention(q, k, k),
        [(2, 3), (4, 3)],
        "scaled_dot_product_attention",
        ["query", "key", "value"],
    ),
    (nn.LSTMCell(3, 4, bias=False), [(2, 3)], "lstm_cell", ["input", "hx.0", "hx.1", "w_ih", "w_hh"]),
    (nn.RNNCell(3, 4, bias=False, nonlinearity="relu"), [(2, 3)], "rnn_relu_cell", ["input", "hx", "w_ih", "w_hh"]),
    (nn.LSTM(3, 4, bias=False), [(5, 2, 3)], "lstm", ["input", "hx.0", "hx.1", "params.0", "params.1"]),
    (nn.GRU(3, 4, bias=False), [(5, 2, 3)], "gru", ["input", "hx", "params.0", "params.1"]),
]


@pytest.mark.filterwarnings("ignore:torch.chain_matmul is deprecated")
@pytest.mark.parametrize(("function", "shapes", "op", "names"), LAYERS)
def test_a_contraction_is_captured(
    function: Callable[..., Any], shapes: list[tuple[int, ...]], op: str, names: list[str]
) -> None:
    (node,) = capture(function, tuple(map(torch.empty, shapes))).nodes
    assert (node.op, [argument.name for argument in node.arguments]) == (op, names)


def test_what_addmm_writes_in_place_takes_no_memory_of_its_own() -> None:
    (node,) = capture(lambda x: x.addmm_(x, x), (torch.empty(2, 2),)).nodes
    assert (node.attributes["inplace"], node.fresh) == (True, False)


def macs(graph: Graph) -> int:
    """Of all nodes that have a formula."""
    return sum(cost.macs for cost in map(node_cost, graph.nodes) if cost is not None)


@pytest.mark.parametrize("need_weights", [False, True])
def test_multi_head_attention_of_16_features_has_its_projections_and_its_attention(need_weights: bool) -> None:
    layer = nn.MultiheadAttention(16, 4, batch_first=True)
    x = torch.empty(2, 10, 16)
    graph = capture(layer, (x, x, x), {"need_weights": need_weights})
    assert macs(graph) == 20 * 16 * (48 + 16) + 6400 == 26_880
    assert ("scaled_dot_product_attention" in {node.op for node in graph.nodes}) is not need_weights


@pytest.mark.parametrize(("kind", "gates"), [(nn.RNN, 1), (nn.GRU, 3), (nn.LSTM, 4)])
def test_packed_sequences_are_counted_by_their_rows(kind: type[nn.RNNBase], gates: int) -> None:
    class Packed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = kind(6, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(nn.utils.rnn.pack_padded_sequence(x, [4, 2, 1]))[0].data

    graph = capture_lightest(Packed(), (torch.empty(4, 3, 6),), {})
    assert macs(graph) == (4 + 2 + 1) * gates * 5 * (6 + 5)
