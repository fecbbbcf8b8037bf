"""What torchscan makes of a call of nn.MultiheadAttention, which it counts by a rule for the whole."""

from math import prod

from netstat.conventions import Called
from netstat.graph import Node
from netstat.ops import node_cost

ATTENTION = "MultiheadAttention"


def _own(called: Called) -> list[Node]:
    """What an attention layer runs itself; nothing of any other module."""
    module = called.call.module
    return [node for node in called.nodes if node.path == module.path] if module.base == ATTENTION else []


def _has_rule(called: Called) -> bool:
    """A batch of sequences, without positions appended to keys and values."""
    shapes = [output.shape for output in called.call.outputs[:1]]
    return [len(shape) for shape in shapes] == [3] and all(node.op != "cat" for node in _own(called))


def _scores(called: Called) -> tuple[int, ...]:
    """Shape of the scores of all heads: (…, target positions, source positions); () where there is no rule."""
    for node in _own(called) if _has_rule(called) else ():
        if node.op == "scaled_dot_product_attention":
            query, key = (argument.spec.shape for argument in node.arguments[:2])
            return (*query[:-1], key[-2])
        if node.op == "softmax":
            return node.output.shape
    return ()


def _width(called: Called) -> int:
    """Features of a head."""
    for node in _own(called):
        if node.op == "scaled_dot_product_attention":
            return node.input.shape[-1]
        if node.op in ("bmm", "baddbmm"):
            return node.arguments[-1].spec.shape[-2]
    return 0


def _macs(called: Called) -> int:
    costs = (node_cost(node) for node in _own(called))
    return sum(cost.macs for cost in costs if cost)


def _is_renamed(called: Called) -> bool:
    return called.call.module.kind != ATTENTION


def without_rule(called: Called) -> int:
    """Of a subclass, the operators were taken away before: they tell the name of their module, not its parents."""
    return 0 if _scores(called) or _is_renamed(called) else -2 * _macs(called)


def renamed(called: Called) -> int:
    return 2 * _macs(called) if _scores(called) and _is_renamed(called) else 0


def values_of_products(called: Called, *, biased: bool = False) -> int:
    """Outputs of all its products, or of those with a bias."""
    scores = _scores(called)
    linear = [node for node in _own(called) if scores and node.op == "linear"]
    if biased:
        return sum(node.output.numel for node in linear if node.argument("bias"))
    return sum(node.output.numel for node in linear) + bool(scores) * (prod(scores) + _queries(called))


def _queries(called: Called) -> int:
    return prod(_scores(called)[:-1]) * _width(called)


def scaling(called: Called) -> int:
    return 1 + _queries(called) if _scores(called) else 0


def masks(called: Called) -> int:
    """Two masks are added to each other before they are one argument; a causal one may not be an argument at all."""
    own = _own(called)
    masked = any(node.argument("attn_mask") or node.attributes.get("is_causal") or node.op == "baddbmm" for node in own)
    added = any(node.op == "add" for node in own)
    return (masked + added) * prod(_scores(called)) if _scores(called) else 0


def softmax(called: Called) -> int:
    scores = _scores(called)
    return prod(scores[:-1]) * (3 * scores[-1] - 1) if scores else 0


def averaging(called: Called) -> int:
    outputs = called.call.outputs
    averaged = _scores(called) and len(outputs) > 1 and len(outputs[1].shape) == 3
    return prod(_scores(called)) if averaged else 0
