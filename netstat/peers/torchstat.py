"""torchstat, its column "Flops": multiply-accumulates and more, of modules without children, by their class.

A common reading of the names has it the other way round: what it calls MAdd are multiplications and additions, what
it calls Flops are fused ones.
"""

from functools import partial

from netstat.conventions import MACS, Convention, GraphTerm, ModuleTerm, Scope, register
from netstat.peers._peer import PEERS, Peer
from netstat.peers._torchstat_columns import column
from netstat.peers.rules import torchstat as rules

PRODUCTS = ("Conv2d", "Linear")
CONVENTION = register(
    Convention(
        "torchstat",
        "macs",
        'the column "Flops": multiply-accumulates of 2d convolutions and linear layers; norms, pooling, activations',
        (
            MACS,
            GraphTerm(
                "call that is in no Conv2d and no Linear without children not seen", rules.unseen(*PRODUCTS, times=1)
            ),
            GraphTerm(
                "defect: module called again, what it gave before written over", rules.forgotten(*PRODUCTS, times=1)
            ),
            GraphTerm(
                "subclass counted by its shapes like its parent, whatever its forward runs",
                rules.counted_by_shapes(*PRODUCTS, times=1),
            ),
            ModuleTerm(
                "bias of a convolution counted as 1 per output",
                rules.where("Conv2d", figure=lambda called: rules.outputs(called) * rules.has(called, "bias")),
            ),
            ModuleTerm(
                "batch normalisation counted as 2 per element",
                rules.where(
                    "BatchNorm2d", figure=lambda called: 2 * rules.inputs(called) * rules.has(called, "weight")
                ),
            ),
            ModuleTerm(
                "batch normalisation without weights counted as 1 per element",
                rules.where(
                    "BatchNorm2d", figure=lambda called: rules.inputs(called) * (not rules.has(called, "weight"))
                ),
            ),
            ModuleTerm("pooling counted as its input elements", rules.where(*rules.POOLS, figure=rules.inputs)),
            ModuleTerm(
                "relu and its like counted as 1 per element", rules.where(*rules.ACTIVATIONS, figure=rules.inputs)
            ),
            ModuleTerm(
                "defect: upsampling counted as 1 per output position, its channels forgotten",
                rules.where("Upsample", figure=rules.upsampling),
            ),
        ),
        Scope(
            sees="calls of modules without children, by replacing the call of their class",
            mode="evaluation, which it switches to itself",
            shared="the last call",
        ),
        evaluates=True,
    )
)

PEER = PEERS.add("torchstat")(
    Peer(
        "torchstat",
        "torchstat",
        CONVENTION,
        needs_values=True,
        count=partial(column, "Flops"),
        apart=True,
        before=("pandas",),
        requirements=("torchstat==0.0.7", "pandas", "python-dateutil", "six"),
        known=("0.0.7",),
    )
)
