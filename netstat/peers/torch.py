"""torch.utils.flop_counter: two operations per multiply-accumulate of the kernels that the dispatcher runs."""

from typing import TYPE_CHECKING

from netstat.conventions import MACS, Convention, Term, register
from netstat.cost import Cost
from netstat.graph import Node
from netstat.peers._paths import first_paths, leaf_paths
from netstat.peers._peer import PEERS, Figures, Peer

if TYPE_CHECKING:
    from torch import Tensor, nn


def _vector_weight(node: Node, cost: Cost) -> int:
    """A linear layer with a weight (I,) runs `aten::mv`; only matrices have formulas."""
    weight = node.argument("weight") if node.op == "linear" else None
    return -2 * cost.macs if weight and len(weight.shape) == 1 else 0


CONVENTION = register(
    Convention(
        "torch",
        "flops",
        "two operations per multiply-accumulate of convolutions and matrix products, nothing else",
        (
            MACS,
            Term("one multiply-accumulate counted as two operations", lambda node, cost: cost.macs),
            Term("defect: matrix-vector product without a formula, counted as nothing", _vector_weight),
        ),
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run FlopCounterMode. Leaf modules only: a container's figure holds that of whatever it called, its own or not."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(*inputs)
    named = counter.get_flop_counts()
    by_path = dict.fromkeys(leaf_paths(module), 0)
    for path, first in first_paths(module).items():
        # A module goes by its root's class name and one of its paths.
        figures = named.get(f"{type(module).__name__}.{path}".rstrip("."), {})
        if first in by_path:
            by_path[first] += sum(figures.values())
    return Figures(counter.get_total_flops(), by_path)


PEERS.add("torch")(Peer("torch", "torch", CONVENTION, needs_values=False, count=count))
