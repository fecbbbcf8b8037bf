"""Layers of torch.nn that run as one kernel of the CPU where no gradient is wanted: by what is seen of a call.

A graph has them as their parts. When torch takes the kernel, `forward` of `MultiheadAttention` and of
`TransformerEncoderLayer` say (`torch/nn/modules/activation.py`, `transformer.py`).
"""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from netstat.conventions import Called, ModuleTerm, Term
from netstat.cost import ZERO
from netstat.graph import Node
from netstat.ops import node_cost

_FORWARD = "torch.nn.functional.multi_head_attention_forward"
_MASKED = "masked_fill"  # makes a mask of numbers out of one of truth values


def whole_layers(terms: Sequence[Term]) -> tuple[ModuleTerm, ModuleTerm]:
    """What `terms` make of the parts of such layers, taken back."""

    def attention(called: Called) -> int:
        if called.training or called.call.module.base != "MultiheadAttention":
            return 0
        return -_figure(called.nodes, terms) if _attends_at_once(called.nodes) else 0

    def encoder(called: Called) -> int:
        if called.training or called.call.module.base != "TransformerEncoderLayer" or not _encodes_at_once(called):
            return 0
        inside = [*_within(f"{called.call.module.path}.self_attn".lstrip("."), called.nodes)]
        known = _figure(inside, terms) if _attends_at_once(inside) else 0
        return known - _figure(called.nodes, terms)

    return (
        ModuleTerm("defect: attention layer that is one kernel without a formula, counted as nothing", attention),
        ModuleTerm("defect: encoder layer that is one kernel without a formula, counted as nothing", encoder),
    )


def _figure(nodes: Iterable[Node], terms: Sequence[Term]) -> int:
    return sum(term.amount(node, node_cost(node) or ZERO) for node in nodes for term in terms)


def _within(path: str, nodes: Iterable[Node]) -> Iterable[Node]:
    """Those that a module and its children ran."""
    return (node for node in nodes if not path or node.path == path or node.path.startswith(f"{path}."))


def _attends_at_once(nodes: Sequence[Node]) -> bool:
    """Whether an attention layer is one kernel.

    It is for a batch with the batch first that attends to itself, by an even number of heads, with one biased
    projection for all three, nothing appended to the keys, and no mask of floating-point numbers.
    """
    appends = any(node.op == "cat" for node in nodes)
    return _packed(nodes) and _turned(nodes) == 1 and not appends and not _masked_by_numbers(nodes) and _even(nodes)


def _encodes_at_once(called: Called) -> bool:
    """Whether an encoder layer is one kernel, whatever the masks.

    It is for a batch with the batch first, by an even number of heads, with biases, with relu or gelu between its
    linear layers, and with both normalisations of one epsilon.
    """
    nodes = called.nodes
    epsilons = {node.attributes["eps"] for node in nodes if node.op == "layer_norm"}
    activated = any(node.op in ("relu", "gelu") for node in nodes)
    return _packed(nodes) and _turned(nodes) == 1 and activated and len(epsilons) == 1 and _even(nodes)


def _packed(nodes: Iterable[Node]) -> bool:
    """One projection for queries, keys and values, and one of what comes out, both biased."""
    projections = [node for node in _forward(nodes) if node.op == "linear"]
    return len(projections) == 2 and all(node.argument("bias") is not None for node in projections)


def _forward(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if _FORWARD in node.spelled]


def _turned(nodes: Iterable[Node]) -> int:
    """How many tensors have their batch put second before they are looked at: one, where it attends to itself."""
    before = takewhile(lambda node: _FORWARD not in node.spelled, nodes)
    return sum(node.op == "transpose" and len(node.input.shape) == 3 for node in before)


def _even(nodes: Iterable[Node]) -> bool:
    """Whether the features are those of an even number of heads."""
    inside = _forward(nodes)
    attends = next(node for node in inside if node.op in ("scaled_dot_product_attention", "bmm", "baddbmm"))
    second = "mat2" if attends.op == "bmm" else "batch2"
    key = attends.argument("key") or attends.argument(second)
    per_head = key.shape[-1 if attends.op == "scaled_dot_product_attention" else -2] if key else 1
    return bool(inside[0].input.shape[-1] // per_head % 2 == 0)


def _masked_by_numbers(nodes: Iterable[Node]) -> bool:
    """A mask reaches the product of queries and keys, and none of truth values was met on the way."""
    ops = {node.op for node in nodes}
    masked = "baddbmm" in ops or any(
        node.argument("attn_mask") is not None or node.attributes.get("is_causal") for node in nodes
    )
    return masked and _MASKED not in ops
