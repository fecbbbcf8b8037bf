"""thop (pytorch-OpCounter): multiply-accumulates, by forward hooks on the modules whose class it knows."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from netstat.conventions import MACS, Convention, Term, register
from netstat.cost import Cost
from netstat.graph import Node
from netstat.peers._paths import first_paths
from netstat.peers._peer import PEERS, Figures, Peer

if TYPE_CHECKING:
    from torch import Tensor, nn

# Classes whose rule counts anything, with the operator they run. The very class is looked up, a subclass is not found.
_RULES = {f"{kind}{d}d": f"{op}{d}d" for kind, op in (("Conv", "conv"), ("AvgPool", "avg_pool")) for d in (1, 2, 3)}
_RULES |= {f"AdaptiveAvgPool{d}d": f"adaptive_avg_pool{d}d" for d in (1, 2, 3)}
_RULES |= dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"), "batch_norm")
_RULES |= {"Linear": "linear", "Softmax": "softmax"}


def _has_rule(node: Node) -> bool:
    return node.stock and _RULES.get(node.module) == node.op


def _functional(node: Node, cost: Cost) -> int:
    return 0 if _has_rule(node) or node.leaf else -cost.macs


def _unknown_class(node: Node, cost: Cost) -> int:
    return -cost.macs if node.leaf and not _has_rule(node) else 0


def _misread_channels(node: Node, cost: Cost) -> int:
    """Input channels are read off dimension 1, where an input without a batch has its first size."""
    weight = node.argument("weight")
    if not (_has_rule(node) and node.op.startswith("conv") and weight) or len(node.input.shape) == len(weight.shape):
        return 0
    channels: int = node.input.shape[1] // node.attributes["groups"]
    return node.output.numel * channels * prod(weight.shape[2:]) - cost.macs


def _rule(op: str, figure: Callable[[Node], int]) -> Callable[[Node, Cost], int]:
    """`figure` for the operators whose name begins with `op`, where thop sees them."""
    return lambda node, cost: figure(node) if node.op.startswith(op) and _has_rule(node) else 0


def _batch_norm(node: Node) -> int:
    return 4 * node.input.numel if node.argument("weight") else 0


def _plain_batch_norm(node: Node) -> int:
    return 0 if node.argument("weight") else 2 * node.input.numel


def _adaptive_avg_pool(node: Node) -> int:
    """In floating point, cut to a whole number: where sizes do not divide, thop's figure has its rounding."""
    sizes = zip(node.input.shape[2:], node.output.shape[2:], strict=True)
    return int((prod((size / out for size, out in sizes), start=1.0) + 1) * node.output.numel)


def _softmax(node: Node) -> int:
    """Per row: an exponential and a division each, and one addition fewer. Without `dim`, thop fails."""
    dim = node.attributes["dim"]
    return 0 if dim is None else 3 * node.input.numel - node.input.numel // node.input.shape[dim]


CONVENTION = register(
    Convention(
        "thop",
        "macs",
        "multiply-accumulates of the torch.nn layers that module hooks see; pooling, norms and softmax in operations",
        (
            MACS,
            Term("functional call not seen by module hooks", _functional),
            Term("module of a class without a rule, subclasses included, counted as nothing", _unknown_class),
            Term("defect: input without a batch, its first size taken for the channels", _misread_channels),
            Term("batch normalisation counted as 4 per element", _rule("batch_norm", _batch_norm)),
            Term(
                "batch normalisation without weights counted as 2 per element", _rule("batch_norm", _plain_batch_norm)
            ),
            Term("average pooling counted as 1 per output", _rule("avg_pool", lambda node: node.output.numel)),
            Term(
                "adaptive average pooling counted as (window+1) per output",
                _rule("adaptive_avg_pool", _adaptive_avg_pool),
            ),
            Term("softmax counted as 3 per element, less 1 per row", _rule("softmax", _softmax)),
        ),
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run thop; it leaves buffers behind, and after an error hooks."""
    import thop

    total, params, tree = thop.profile(module, inputs, verbose=False, ret_layer_info=True)
    paths = first_paths(module)
    by_path: defaultdict[str, float] = defaultdict(float)
    for path, figure in _leaves(tree) if tree else [("", total)]:
        by_path[paths[path]] += figure
    return Figures(total, by_path, params)


def _leaves(tree: Mapping[str, tuple[float, float, Any]], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Path and figure of the modules at the ends of thop's tree: name to (operations, parameters, subtree)."""
    for name, (figure, _, subtree) in tree.items():
        if subtree:
            yield from _leaves(subtree, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", figure


PEERS.add("thop")(Peer("thop", "thop", CONVENTION, needs_values=False, count=count))
