"""fvcore: multiply-accumulates, called flops, of the operators in a TorchScript trace."""

from typing import TYPE_CHECKING

from netstat.conventions import MACS, Convention, Scope, Term, register
from netstat.peers._paths import own_figures
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules import fvcore as rules

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "fvcore",
        "flops",
        "multiply-accumulates of traced convolutions and matrix products; norms, upsampling and 2d adaptive pooling",
        (
            MACS,
            Term(
                "defect: string padding traced to an operator without a handle, the convolution counted as nothing",
                rules.string_padding,
            ),
            Term(
                "defect: linear layer with a vector for a weight, its input features taken for output features",
                rules.vector_weight,
            ),
            Term("defect: attention without a handle, counted as nothing", rules.attention),
            Term("defect: recurrent layer without a handle, counted as nothing", rules.recurrent, "fvcore#98"),
            Term("defect: matrix product without a handle, counted as nothing", rules.unhandled),
            Term("defect: batch of the second matrix ignored, where the first is repeated for it", rules.matmul),
            Term("einsum counted as half of numpy's figure for the best order, in 4 digits", rules.einsum),
            Term("adaptive average pooling counted as its input elements", rules.adaptive_average_pooling),
            Term("2d upsampling counted as 1 per output if nearest, 4 if bilinear", rules.upsampling),
            Term("grid sampling counted as 4 per output", rules.grid_sampling),
            Term("batch normalisation counted as 2 per element", rules.batch_norm(2, training=False, weights=True)),
            Term(
                "batch normalisation without weights counted as 1 per element",
                rules.batch_norm(1, training=False, weights=False),
            ),
            Term(
                "batch normalisation over the batch's own statistics counted as 5 per element",
                rules.batch_norm(5, training=True, weights=True),
            ),
            Term(
                "batch normalisation over the batch's own statistics, without weights, counted as 4 per element",
                rules.batch_norm(4, training=True, weights=False),
            ),
            Term("layer, group and instance normalisation counted as 5 per element", rules.norm(5, weights=True)),
            Term(
                "layer, group and instance normalisation without weights counted as 4 per element",
                rules.norm(4, weights=False),
            ),
        ),
        Scope(
            sees="operators of a TorchScript trace that have a handle, functional calls included",
            mode="as the model is; in training, batch normalisation counts 5 per element instead of 2",
        ),
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run fvcore, gradients on as its users have it: without, torch fuses what fvcore knows into what it does not."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(module, inputs)
    return Figures(analysis.total(), own_figures(analysis.by_module()))


PEERS.add("fvcore")(Peer("fvcore", "fvcore", CONVENTION, needs_values=True, count=count, known=("0.1.5.post20221221",)))
