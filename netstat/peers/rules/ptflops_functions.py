"""What the functions that ptflops replaces make of a node; it sees a call by no other name than these."""

from math import prod

from netstat.cost import Cost
from netstat.graph import Node, TensorSpec
from netstat.peers.rules import ptflops_hooks as hooks
from netstat.peers.rules.ptflops_attention import ATTENTION


def _functional(*names: str) -> frozenset[str]:
    return frozenset(f"torch.nn.functional.{name}" for name in names)


_BY_MAXIMUM = [
    f"{kind}max_pool{d}d{indices}" for kind in ("", "adaptive_") for d in (1, 2, 3) for indices in ("", "_with_indices")
]
ACTIVATIONS = _functional("relu", "prelu", "elu", "relu6", "gelu", "silu")
POOLS = _functional(*_BY_MAXIMUM, *(f"{kind}avg_pool{d}d" for kind in ("", "adaptive_") for d in (1, 2, 3)))
SOFTMAX = _functional("softmax")
INTERPOLATE = _functional("interpolate")
LOCAL_RESPONSE_NORM = _functional("local_response_norm")
_METHODS = ("matmul", "mm", "bmm", "addmm")
PRODUCTS = frozenset(
    {f"torch.{name}" for name in (*_METHODS, "baddbmm")} | {f"torch.Tensor.{name}" for name in _METHODS}
)
ELEMENTWISE = frozenset(f"{home}.{name}" for home in ("torch", "torch.Tensor") for name in ("add", "mul"))


def _calls(node: Node, names: frozenset[str]) -> bool:
    """Whether it is a call of one of these functions, or happens inside one."""
    return not names.isdisjoint(node.spelled)


def _is(node: Node, names: frozenset[str]) -> bool:
    return bool(node.spelled) and node.spelled[-1] in names


def _in(node: Node, kinds: object) -> bool:
    """Whether the module whose forward runs it is exactly one of these classes of torch.nn."""
    return node.stock and node.module in kinds  # type: ignore[operator]


# Products.


def _hooked(node: Node) -> bool:
    """Whether a hook counts it as the product that it is."""
    return _in(node, {ATTENTION}) or (_in(node, hooks.PRODUCTS) and node.op in hooks.PRODUCTS[node.module])


def unseen(node: Node, cost: Cost) -> int:
    return 0 if _hooked(node) or _is(node, PRODUCTS) else -cost.macs


def _product(node: Node) -> int:
    """Elements of the first matrix by columns of the second, or by elements of a vector."""
    first, second = (argument.spec for argument in node.arguments[-2:])
    return first.numel * second.shape[-1]


def _added(node: Node) -> int:
    return node.input.numel if node.op in ("addmm", "baddbmm") and node.attributes["beta"] else 0


def misread_product(node: Node, cost: Cost) -> int:
    return _product(node) - cost.macs if _is(node, PRODUCTS) and not _hooked(node) else 0


def added(node: Node, cost: Cost) -> int:
    """Before it is broadcast."""
    return _added(node) if _is(node, PRODUCTS) and not _hooked(node) else 0


def attention_again(node: Node, cost: Cost) -> int:
    """With the weights asked for, attention calls functions that are replaced."""
    if not _in(node, {ATTENTION}):
        return 0
    if _is(node, PRODUCTS):
        return _product(node) + _added(node)
    return node.input.numel if _calls(node, SOFTMAX) else 0


# Value by value.


def activation(node: Node, cost: Cost) -> int:
    return node.input.numel if _calls(node, ACTIVATIONS) and not _in(node, hooks.ACTIVATIONS) else 0


def activation_again(node: Node, cost: Cost) -> int:
    return node.input.numel if _calls(node, ACTIVATIONS) and _in(node, hooks.ACTIVATIONS) else 0


def pool(node: Node, cost: Cost) -> int:
    return node.input.numel if _calls(node, POOLS) and not _in(node, hooks.POOLS) else 0


def pool_again(node: Node, cost: Cost) -> int:
    return node.input.numel if _calls(node, POOLS) and _in(node, hooks.POOLS) else 0


def softmax(node: Node, cost: Cost) -> int:
    return node.input.numel if _calls(node, SOFTMAX) and not _in(node, {ATTENTION}) else 0


def interpolation(node: Node, cost: Cost) -> int:
    """By the sizes asked for; or by the factors, several different ones cut to whole numbers."""
    if not _calls(node, INTERPOLATE):
        return 0
    factors: tuple[float, ...] = node.attributes.get("scale_factors") or ()
    if not factors:
        return node.output.numel
    several = len({*factors}) > 1
    share: float = prod(map(int, factors) if several else factors)
    return int(node.input.numel * share)


def local_response_norm(node: Node, cost: Cost) -> int:
    """The square, the mean over padded channels, its factor, and the addition; not the power, not the division."""
    if not _calls(node, LOCAL_RESPONSE_NORM):
        return 0
    padding: int = node.attributes["size"] - 1
    return 4 * node.input.numel + padding * node.input.numel // node.input.shape[1]


def elementwise(node: Node, cost: Cost) -> int:
    return node.output.numel if _is(node, ELEMENTWISE) else 0


def misaligned(node: Node, cost: Cost) -> int:
    """Shapes of different lengths are laid over each other from their first dimension, as nothing broadcasts."""
    if not _is(node, ELEMENTWISE):
        return 0
    return _overlaid([argument.spec for argument in node.arguments]) - node.output.numel


def _overlaid(operands: list[TensorSpec]) -> int:
    longest = max(len(spec.shape) for spec in operands)
    return prod(max(spec.shape[i] if i < len(spec.shape) else 1 for spec in operands) for i in range(longest))
