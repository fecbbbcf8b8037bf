"""ptflops, handed a tensor instead of names: what its hooks count is divided by the batch, the rest is not."""

from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.conventions import Convention, GraphTerm, Scope, register
from netstat.peers._peer import PEERS, Figures
from netstat.peers.ptflops import PEER
from netstat.peers.rules.ptflops import TERMS, divided

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "ptflops-by-position",
        "macs",
        "as ptflops, with what module hooks count divided by the batch and what replaced functions count not divided",
        (*TERMS, GraphTerm("defect: what hooks count, and nothing else, divided by the batch", divided)),
        Scope(
            sees="calls of modules, by hooks on classes it knows, and of some functions, which it replaces",
            batch="what hooks count is divided by the first size of the input, the rest is not",
            mode="evaluation, which it switches to itself and leaves on",
            shared="each call; one under several parents once for each",
            subclassed="nothing but the functions it calls",
        ),
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run its default backend, the first input by position."""
    from netstat.peers._ptflops_run import by_position

    return by_position(module, inputs)


PEERS.add("ptflops-by-position")(replace(PEER, name="ptflops-by-position", convention=CONVENTION, count=count))
