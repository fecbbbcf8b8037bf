"""ptflops: multiply-accumulates, by hooks on the modules whose class it knows and functions of torch it replaces."""

from typing import TYPE_CHECKING

from netstat.conventions import Convention, Scope, register
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules.ptflops import TERMS

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "ptflops",
        "macs",
        "multiply-accumulates and biases of torch.nn layers, and 1 per element of norms, activations and pooling",
        TERMS,
        Scope(
            sees="calls of modules, by hooks on classes it knows, and of some functions, which it replaces",
            batch="counted where inputs are given by name, as documented; see ptflops-by-position",
            mode="evaluation, which it switches to itself and leaves on",
            shared="each call; one under several parents once for each",
            subclassed="nothing but the functions it calls",
        ),
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run its default backend, inputs by name."""
    from netstat.peers._ptflops_run import by_name

    return by_name(module, inputs)


PEER = PEERS.add("ptflops")(
    Peer(
        "ptflops",
        "ptflops",
        CONVENTION,
        needs_values=True,
        count=count,
        apart=True,
        requirements=("ptflops==0.7.5",),
        known=("0.7.5",),
    )
)
