"""torchstat, its column "MAdd": multiplications and additions of one sample, of modules without children."""

from dataclasses import replace
from functools import partial

from netstat.conventions import DOUBLED, MACS, Convention, GraphTerm, ModuleTerm, Scope, register
from netstat.peers._peer import PEERS
from netstat.peers._torchstat_columns import column
from netstat.peers.rules import torchstat as rules
from netstat.peers.torchstat import PEER

PRODUCTS = ("Conv2d", "ConvTranspose2d", "Linear", "Bilinear")
CONVENTION = register(
    Convention(
        "torchstat-madd",
        "flops",
        'the column "MAdd": multiplications and additions of one sample, by module',
        (
            MACS,
            DOUBLED,
            GraphTerm(
                "call that is in no 2d convolution, Linear or Bilinear without children not seen",
                rules.unseen(*PRODUCTS, times=2),
            ),
            GraphTerm(
                "defect: module called again, what it gave before written over", rules.forgotten(*PRODUCTS, times=2)
            ),
            GraphTerm(
                "subclass counted by its shapes like its parent, whatever its forward runs",
                rules.counted_by_shapes(*PRODUCTS, times=2),
            ),
            ModuleTerm(
                "products of one sample counted, not of the batch", rules.where(*PRODUCTS, figure=rules.rest_of_batch)
            ),
            ModuleTerm(
                "a sum counted as one addition fewer than it has products; if transposed, sums at input positions",
                rules.where(*PRODUCTS, figure=lambda called: -rules.sums(called)),
            ),
            ModuleTerm(
                "bias of a convolution counted as 1 per sum",
                rules.where("Conv2d", "ConvTranspose2d", figure=rules.biases),
            ),
            ModuleTerm(
                "batch normalisation counted as 4 per element of one sample, with weights or without",
                rules.where("BatchNorm2d", figure=lambda called: 4 * rules.sample(called)),
            ),
            ModuleTerm(
                "max pooling counted as (window-1) per output of one sample",
                rules.where("MaxPool2d", figure=rules.per_output(lambda called: rules.window(called) - 1)),
            ),
            ModuleTerm(
                "average pooling counted as its window per output of one sample",
                rules.where("AvgPool2d", figure=rules.per_output(rules.window)),
            ),
            ModuleTerm(
                "relu counted as 1 per element of one sample", rules.where("ReLU", "ReLU6", figure=rules.sample)
            ),
            ModuleTerm(
                "softmax counted as 3 per element of one sample, less 1 in all",
                rules.where("Softmax", figure=lambda called: 3 * rules.sample(called) - 1),
            ),
        ),
        Scope(
            sees="calls of modules without children, by replacing the call of their class",
            batch="ignored: one sample",
            mode="evaluation, which it switches to itself",
            shared="the last call",
        ),
        evaluates=True,
    )
)

PEERS.add("torchstat-madd")(replace(PEER, name="torchstat-madd", convention=CONVENTION, count=partial(column, "MAdd")))
