"""Conventions: named ways to turn the elementary counts of an operator into the one figure a tool or a text would give.

A convention is data: a sum of terms, each a rule stated in a sentence. The figure of a node is the sum of its terms,
so the difference between two conventions is an itemised bill that adds up by construction.
"""

from collections.abc import Callable
from dataclasses import dataclass

from netstat.cost import Cost
from netstat.graph import Node
from netstat.registry import Registry

Amount = Callable[[Node, Cost], int]


@dataclass(frozen=True, slots=True)
class Term:
    """One rule of a convention.

    Attributes:
        reason: the rule as a sentence, as a reader of a bill wants it.
        amount: what it adds to the figure of a node, in the convention's unit; 0 where it does not apply.
    """

    reason: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Convention:
    """A named way of counting.

    Attributes:
        name: what `--as` takes.
        unit: "flops" or "macs": what the tool calls its figure.
        summary: one line on what it counts.
        terms: the rules; a node's figure is their sum.
    """

    name: str
    unit: str
    summary: str
    terms: tuple[Term, ...]

    def count(self, node: Node, cost: Cost) -> int:
        """The figure of one node."""
        return sum(term.amount(node, cost) for term in self.terms)


MACS = Term("multiply-accumulates of convolutions and matrix products", lambda node, cost: cost.macs)

CONVENTIONS: Registry[Convention] = Registry("convention")


def register(convention: Convention) -> Convention:
    """Add a convention under its own name."""
    return CONVENTIONS.add(convention.name)(convention)


register(
    Convention(
        "documents",
        "flops",
        "every addition, subtraction, multiplication, division, comparison and special function is one",
        (Term("elementary operations", lambda node, cost: cost.flops),),
    )
)
register(Convention("macs", "macs", "multiply-accumulates of convolutions and matrix products, bias apart", (MACS,)))
register(
    Convention(
        "literature",
        "flops",
        "two operations per multiply-accumulate of convolutions and matrix products, nothing else",
        (Term("two per multiply-accumulate", lambda node, cost: 2 * cost.macs),),
    )
)
