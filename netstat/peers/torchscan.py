"""torchscan: floating-point operations by a rule per class, by forward hooks on leaf modules and attention layers.

Its report has the figures of torch's flop counter beside them, which are the peer `torch`.
"""

from collections import Counter
from typing import TYPE_CHECKING

from netstat.conventions import DOUBLED, MACS, Convention, ModuleTerm, Scope, Term, register
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules import torchscan as rules
from netstat.peers.rules import torchscan_attention as attention

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "torchscan",
        "flops",
        "multiplications and additions of layers by their class; norms, activations, pools and attention in operations",
        (
            MACS,
            DOUBLED,
            Term("functional call not seen by module hooks", rules.functional),
            ModuleTerm("module of a class without a rule counted as nothing", rules.unknown_class),
            ModuleTerm("residual sums and relu of a model that is a Transformer counted, its dropout not", rules.whole),
            ModuleTerm("attention without a batch or with positions appended not counted", attention.without_rule),
            ModuleTerm("functional calls of a subclass of attention seen by the rule of its parent", attention.renamed),
            ModuleTerm("layer with a forward of its own counted as what its class is for", rules.overridden),
            ModuleTerm("defect: transposed convolution counted per output, as a convolution", rules.transposed),
            ModuleTerm("padding of a transposed convolution counted as 8 per dimension", rules.padding),
            ModuleTerm("defect: input without a batch, its first size taken for the channels", rules.misread_channels),
            ModuleTerm("sum of K products counted as K−1 additions, one fewer per output", rules.last_additions),
            ModuleTerm("biases counted as 1 per output", rules.biases),
            ModuleTerm("queries scaled counted as 1 each, and 1 for the scale itself", attention.scaling),
            ModuleTerm("attention's masks counted as 1 per score each", attention.masks),
            ModuleTerm("attention's softmax counted as 3 per score, less 1 per row", attention.softmax),
            ModuleTerm("attention weights averaged over heads counted as 1 per score", attention.averaging),
            ModuleTerm(
                "relu counted as 1 per element, relu6 as 2, leaky relu and sigmoid as 4, tanh and elu as 6",
                rules.activation,
            ),
            ModuleTerm(
                "batch normalisation counted as 4 per element, without weights as 2, and 2 per channel",
                rules.batch_norm,
            ),
            ModuleTerm(
                "layer normalisation counted as 6 per element, 1 more for a weight and for a bias each, and 2 per row",
                rules.layer_norm,
            ),
            ModuleTerm("dropout of probability above 0 counted as 1 per element, in evaluation too", rules.dropout),
            ModuleTerm("max pooling counted as its window less 1 per output", rules.max_pool),
            ModuleTerm(
                "average pooling counted as its window less 1 per output, and 1 per dimension", rules.average_pool
            ),
            ModuleTerm(
                "defect: pooling window given as one number taken for that number of values", rules.square_window
            ),
            ModuleTerm(
                "adaptive max pooling counted as its window less 1 per output, of sizes or remainders divided",
                rules.adaptive_max_pool,
            ),
            ModuleTerm(
                "adaptive average pooling counted as its window less 1 per output, and 1 per dimension",
                rules.adaptive_average_pool,
            ),
        ),
        Scope(
            "modules without children and attention layers, by forward hooks: their class, and shapes in and out",
            mode="evaluation, which it sets itself",
        ),
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run torchscan. What has no rule is known to it as 0, and makes its total a partial one."""
    from torchscan import crawl_module

    module.requires_grad_(False)  # torch's flop counter runs along, and fails on views of parameters that want one
    report = crawl_module(module, args=inputs)
    by_path: Counter[str] = Counter()
    for layer in report["layers"]:
        figure = layer["metrics"].get("module_flops", {}).get("known_value")
        by_path[layer["path"]] += int(figure or 0)
    totals, whole = report["totals"], len(report["layers"]) == 1  # a Transformer is seen from outside alone
    total = totals["module_flops"]["known_value"] or 0
    return Figures(total, {} if whole else by_path, totals["parameters"]["value"])


PEERS.add("torchscan")(
    Peer(
        "torchscan",
        "torchscan",
        CONVENTION,
        needs_values=False,
        count=count,
        apart=True,
        requirements=("torchscan==0.2.0",),
        known=("0.2.0",),
    )
)
