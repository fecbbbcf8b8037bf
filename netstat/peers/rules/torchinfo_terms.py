"""The bill of torchinfo, which its versions share but for the linear layer."""

from netstat.conventions import MACS, ModuleTerm, Term
from netstat.peers.rules import torchinfo as rules

SEES = "modules without children, by forward hooks: their parameters, and the shape of their first output"
SUBCLASSED = "by its name, whatever its parent: one with 'Conv' in it is a convolution"


def terms(by: rules.Rules, linear: str) -> tuple[Term | ModuleTerm, ...]:
    """Its terms.

    Args:
        by: the rules of one version.
        linear: the rule for linear layers on more than a batch of vectors, as a sentence.
    """
    return (
        MACS,
        Term("functional call, attention's included, not seen by module hooks", rules.functional),
        ModuleTerm("products in a leaf module of none of the layers' kinds not seen, only its parameters", by.unnamed),
        ModuleTerm(
            "biases of convolutions, linear and recurrent layers counted, each as often as the weights", by.biases
        ),
        ModuleTerm(
            "defect: transposed convolution counted per output instead of per input position",
            by.transposed,
        ),
        ModuleTerm("defect: convolution without a batch, its output channels taken for one", by.unbatched),
        ModuleTerm(linear, by.sequence, "torchinfo#77"),
        ModuleTerm("defect: linear layer on a single vector, its output features taken for a batch", by.vector),
        ModuleTerm(
            "defect: recurrent cell, packed or unbatched sequence, its hidden features taken for time steps", by.flat
        ),
        ModuleTerm("bilinear layer counted as its weights times the first output dimension", by.bilinear),
        ModuleTerm(
            "defect: convolution without 'Conv' in its class name, or linear layer with it, taken for another layer",
            by.misnamed,
        ),
        ModuleTerm("weights that a pruning mask sets to zero not counted", by.pruned),
        ModuleTerm("normalisation counted as its parameters times the first output dimension", by.of(*rules.NORMS)),
        ModuleTerm("parametric relu counted as its slopes times the first output dimension", by.of(*rules.SLOPES)),
        ModuleTerm(
            "defect: embedding counted as its whole table times the first output dimension", by.of(*rules.EMBEDDINGS)
        ),
        ModuleTerm(
            "parameters of modules of further kinds counted by name: weight and bias times the first output dimension, "
            "weight_… and bias_… times the first two",
            by.other,
        ),
    )
