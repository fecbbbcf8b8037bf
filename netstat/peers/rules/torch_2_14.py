"""torch.utils.flop_counter of torch 2.14, as its users run it: on a CPU, in evaluation, without gradients.

A convention without a peer: its figures are on record, and the counter of the torch that is installed is the peer
"torch", which is run without the kernels that replace whole layers.
"""

from netstat.conventions import Convention, Scope, Term, register
from netstat.peers.rules import torch as rules
from netstat.peers.rules.torch_layers import whole_layers

_TERMS = (
    *rules.PRODUCTS,
    Term(
        "defect: attention kernel of the CPU without a formula, counted as nothing",
        rules.cpu_attention,
        "pytorch#195460",
    ),
)

register(
    Convention(
        "torch-2.14",
        "flops",
        "two operations per multiply-accumulate of the products that torch 2.14 knows on a CPU, without gradients",
        (*_TERMS, *whole_layers(_TERMS)),
        Scope(
            sees="kernels that the dispatcher runs, those of the CPU, one for a whole attention or encoder layer",
            mode="as the model is; in training, layers run as their parts",
        ),
    )
)
