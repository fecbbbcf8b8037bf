"""What the hooks of ptflops make of attention and of deformable convolutions."""

from math import prod
from typing import NamedTuple

from netstat.conventions import Called
from netstat.graph import Node
from netstat.peers.rules.ptflops_hooks import Part, given, of_kind, own_node, returned

ATTENTION = "MultiheadAttention"
TIMM = frozenset({"timm.layers.attention", "timm.models.vision_transformer"})  # where its Attention has lived
_TORCHVISION = frozenset({"torchvision.ops.deform_conv"})
_PER_SAMPLE = 20 + 4  # to interpolate between four values, and where


class _Heads(NamedTuple):
    """Sizes of a call of multi-head attention; `attended` is how many keys there are with those it appends."""

    batch: int
    heads: int
    attended: int
    queries: int
    keys: int
    values: int
    query_size: int
    key_size: int
    value_size: int


def _heads(called: Called) -> _Heads | None:
    node = own_node(called, "scaled_dot_product_attention", "bmm", "baddbmm")
    if node is None or not of_kind(called, {ATTENTION}) or len(called.call.inputs) != 3:
        return None
    sizes = [spec.shape[-1] for spec in called.call.inputs]
    batch, heads, attended = _of_scores(node, sizes[0])
    lengths = [spec.numel // (batch * size) for spec, size in zip(called.call.inputs, sizes, strict=True)]
    return _Heads(batch, heads, attended, *lengths, *sizes)


def _of_scores(node: Node, size: int) -> tuple[int, int, int]:
    """Batch, heads and attended keys of the product of queries and keys: by the operator that has heads, or flat."""
    query, key = (argument.spec.shape for argument in node.arguments[-2:])
    if node.op == "scaled_dot_product_attention":
        query, key = (argument.spec.shape for argument in node.arguments[:2])
        return query[0], query[1], key[-2]
    heads = size // query[-1]
    return query[0] // heads, heads, key[-1]


def _products(it: _Heads) -> int:
    """Every projection is taken for a square, and each head for a whole share of its size."""
    projections = it.queries * it.query_size**2 + it.keys * it.key_size**2 + it.values * it.value_size**2
    shares = it.heads * (it.query_size // it.heads + it.value_size // it.heads)
    return it.batch * (projections + it.queries * it.keys * shares + it.queries * it.value_size**2)


def _true_products(it: _Heads, attended: int) -> int:
    projected = it.queries * it.query_size + it.keys * it.key_size + it.values * it.value_size
    per_size = projected + 2 * it.queries * attended + it.queries * it.query_size
    return it.batch * it.query_size * per_size


def attention_products(called: Called) -> int:
    return _products(it) if (it := _heads(called)) else 0


def misread_sizes(called: Called) -> int:
    """Keys and values of another size than the queries."""
    return _products(it) - _true_products(it, it.keys) if (it := _heads(called)) else 0


def appended(called: Called) -> int:
    """The bias and the zeros that are appended to keys and values."""
    return _true_products(it, it.keys) - _true_products(it, it.attended) if (it := _heads(called)) else 0


def attention_bias(called: Called) -> int:
    """That of the output whether there is one or not."""
    if not (it := _heads(called)):
        return 0
    given_bias = (it.queries + it.keys + it.values) * it.query_size if "in_proj_bias" in called.params else 0
    return it.batch * (given_bias + it.queries * it.value_size)


def scores(called: Called) -> int:
    """Scaling of the queries, and the softmax."""
    if not (it := _heads(called)):
        return 0
    return it.batch * it.queries * (it.query_size + it.heads * it.keys)


def timm_attention(called: Called) -> int:
    """Queries scaled, scores, softmax, and the sums of values; of qkv and the projection nothing."""
    module, node = called.call.module, own_node(called, "scaled_dot_product_attention", "matmul")
    if module.kind != "Attention" or module.home not in TIMM or node is None:
        return 0
    (batch, length, _), (_, heads, _, size) = given(called).shape, node.input.shape
    return batch * heads * length * (size + length * (2 * size + 1))


def deformable_convolution(called: Called) -> int:
    module, node = called.call.module, own_node(called, "deform_conv2d")
    if module.kind != "DeformConv2d" or module.home not in _TORCHVISION or node is None:
        return 0
    weight = node.argument("weight")
    assert weight is not None
    per_sample = _PER_SAMPLE + (len(called.call.inputs) == 3)  # offsets, and a mask
    positions = given(called).shape[0] * prod(returned(called).shape[2:])
    biases = returned(called).numel if "bias" in called.params else 0  # the operator always gets one
    return positions * (weight.numel + prod(weight.shape[2:]) * per_sample) + biases


PARTS: tuple[Part, ...] = (attention_products, attention_bias, scores, timm_attention, deformable_convolution)
