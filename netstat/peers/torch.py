"""torch.utils.flop_counter: two operations per multiply-accumulate of the kernels that the dispatcher runs.

Which kernels those are, the device decides. The peer runs on tensors that call themselves CPU tensors.
"""

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from netstat.conventions import MACS, Convention, Term, register
from netstat.cost import Cost
from netstat.graph import Node
from netstat.peers._paths import first_paths, leaf_paths
from netstat.peers._peer import PEERS, Figures, Peer

if TYPE_CHECKING:
    from torch import Tensor, nn


_NO_FORMULA = frozenset({"mv", "dot", "addmv", "bilinear", "deform_conv2d"})
_NO_CPU_ATTENTION_BEFORE = (2, 15)


def _matrix_vector(node: Node, cost: Cost) -> int:
    """A linear layer with a weight (I,), or a product with a vector, runs `aten::mv` or `aten::dot`."""
    last = {"linear": "weight", "matmul": "other"}.get(node.op, "")
    vector = node.argument(last)
    return -2 * cost.macs if vector and len(vector.shape) == 1 else 0


def _no_formula(node: Node, cost: Cost) -> int:
    return -2 * cost.macs if node.op in _NO_FORMULA else 0


def _lstm(node: Node, cost: Cost) -> int:
    """In single precision, unprojected and not packed, a layer is one kernel; any other comes apart into products."""
    packed = node.argument("batch_sizes") is not None
    per_run = 4 if node.attributes.get("has_biases") else 2
    runs = node.attributes.get("num_layers", 1) * (2 if node.attributes.get("bidirectional") else 1)
    params = sum(argument.name.startswith("params.") for argument in node.arguments)
    fused = node.op == "lstm" and node.input.dtype == "float32" and not packed and params == per_run * runs
    return -2 * cost.macs if fused else 0


def _cpu_attention(node: Node, cost: Cost) -> int:
    """Heads of one size in a batch of one size, without dropout, run one kernel; any other attention two products."""
    if node.op != "scaled_dot_product_attention" or _release() >= _NO_CPU_ATTENTION_BEFORE:
        return 0
    query, key, value = (argument.spec.shape for argument in node.arguments[:3])
    alike = len({(len(shape), *shape[:2], shape[-1]) for shape in (query, key, value)}) == 1
    return -2 * cost.macs if len(query) == 4 and alike and not node.attributes["dropout_p"] else 0


@cache
def _release() -> tuple[int, int]:
    """Of torch, without importing it."""
    major, minor, *_ = version("torch").split(".")
    return int(major), int(minor)


CONVENTION = register(
    Convention(
        "torch",
        "flops",
        "two operations per multiply-accumulate of convolutions and matrix products, nothing else",
        (
            MACS,
            Term("one multiply-accumulate counted as two operations", lambda node, cost: cost.macs),
            Term("defect: matrix-vector product without a formula, counted as nothing", _matrix_vector),
            Term("defect: product without a formula, counted as nothing", _no_formula),
            Term("defect: LSTM kernel of the CPU without a formula, counted as nothing", _lstm),
            Term(
                "defect: attention kernel of the CPU without a formula before torch 2.15, counted as nothing",
                _cpu_attention,
            ),
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
