"""Conventions of two READMEs, whose tables say something else than the tools do now.

The rules are those of the tools' code when the tables were made, as far as the models in them need rules; the tables'
own digits decide between versions of it. What no digit tells (thop's adaptive pooling) is left out.
"""

from netstat.conventions import MACS, Amount, Convention, Term, bias_additions, register
from netstat.cost import Cost
from netstat.graph import Node


def _only(prefix: str, amount: Amount) -> Amount:
    """`amount` of the operators whose name begins with `prefix`."""
    return lambda node, cost: amount(node, cost) if node.op.startswith(prefix) else 0


def _normalised(times: int) -> Amount:
    """So many per element that batch normalisation reads."""
    return _only("batch_norm", lambda node, cost: times * node.input.numel)


def _additions(node: Node, cost: Cost) -> int:
    """Of K products summed there are K − 1; the multiplications are counted already."""
    return cost.macs - node.output.numel


def _elements(node: Node, cost: Cost) -> int:
    return node.input.numel


def _pooling(node: Node, cost: Cost) -> int:
    return node.input.numel if "_pool" in node.op and "unpool" not in node.op else 0


_CONV_BIAS = Term("bias of a convolution, one per output value", _only("conv", bias_additions))

THOP = register(
    Convention(
        "thop-readme",
        "macs",
        "the table in thop's README: conv with bias, linear layers twice, batch norm 4 per element",
        (
            MACS,
            _CONV_BIAS,
            Term(
                "linear layer counted as in_features multiplications and in_features − 1 additions",
                _only("linear", _additions),
            ),
            Term("batch normalisation counted as 4 per element", _normalised(4)),
        ),
    )
)
PTFLOPS = register(
    Convention(
        "ptflops-readme",
        "macs",
        "the table in ptflops' README: conv with bias, linear, relu and pooling 1 per element, batch norm 2",
        (
            MACS,
            _CONV_BIAS,
            Term("relu counted as 1 per element", _only("relu", _elements)),
            Term("pooling counted as 1 per input element, adaptive pooling too", _pooling),
            Term("batch normalisation counted as 2 per element", _normalised(2)),
        ),
    )
)
CONVENTIONS = (THOP, PTFLOPS)
