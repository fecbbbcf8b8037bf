"""fvcore: multiply-accumulates, called flops, of the operators in a TorchScript trace."""

from typing import TYPE_CHECKING

from netstat.conventions import MACS, Convention, Term, register
from netstat.cost import Cost
from netstat.graph import Node
from netstat.peers._paths import own_figures
from netstat.peers._peer import PEERS, Figures, Peer

if TYPE_CHECKING:
    from torch import Tensor, nn


def _string_padding(node: Node, cost: Cost) -> int:
    """`padding="same"` and `"valid"` trace to `aten::_convolution_mode`; only `aten::_convolution` has a handle."""
    return -cost.macs if isinstance(node.attributes.get("padding"), str) else 0


def _vector_weight(node: Node, cost: Cost) -> int:
    """The handle takes the weight's first size for the output features; a weight (I,) has its input features there."""
    weight = node.argument("weight") if node.op == "linear" else None
    return node.input.numel * weight.shape[0] - cost.macs if weight and len(weight.shape) == 1 else 0


def _adaptive_avg_pool(node: Node, cost: Cost) -> int:
    """Only the two-dimensional kind has a handle."""
    return node.input.numel if node.op == "adaptive_avg_pool2d" else 0


def _batch_norm(node: Node, *, training: bool, affine: bool) -> bool:
    return (
        node.op == "batch_norm"
        and node.attributes["training"] is training
        and (node.argument("weight") is not None) is affine
    )


def _batch_norm_term(times: int, kind: str, *, training: bool, affine: bool) -> Term:
    def amount(node: Node, cost: Cost) -> int:
        return times * node.input.numel if _batch_norm(node, training=training, affine=affine) else 0

    return Term(f"batch normalisation {kind}counted as {times} per element", amount)


CONVENTION = register(
    Convention(
        "fvcore",
        "flops",
        "multiply-accumulates of traced convolutions and matrix products; batch norm and 2d adaptive pooling",
        (
            MACS,
            Term(
                "defect: string padding traced to an operator without a handle, the convolution counted as nothing",
                _string_padding,
            ),
            Term(
                "defect: linear layer with a vector for a weight, its input features taken for output features",
                _vector_weight,
            ),
            Term("adaptive average pooling counted as its input elements", _adaptive_avg_pool),
            _batch_norm_term(2, "", training=False, affine=True),
            _batch_norm_term(1, "without weights ", training=False, affine=False),
            _batch_norm_term(5, "over the batch's own statistics ", training=True, affine=True),
            _batch_norm_term(4, "over the batch's own statistics, without weights, ", training=True, affine=False),
        ),
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run fvcore, gradients on as its users have it: without, torch fuses what fvcore knows into what it does not."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(module, inputs)
    return Figures(analysis.total(), own_figures(analysis.by_module()))


PEERS.add("fvcore")(Peer("fvcore", "fvcore", CONVENTION, needs_values=True, count=count))
