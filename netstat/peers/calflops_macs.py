"""calflops: multiply-accumulates, by functions of torch that are replaced while the model runs."""

from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.conventions import Convention, register
from netstat.peers._peer import PEERS, Figures
from netstat.peers.calflops import AGAIN, PEER, PRODUCT_RULES, TWICE_REACHED, measured
from netstat.peers.rules.replaced_terms import again_per_parent, in_macs

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "calflops-macs",
        "macs",
        "multiply-accumulates of the functions it replaces; none of einsum and recurrent layers",
        again_per_parent(TWICE_REACHED, in_macs(PRODUCT_RULES)),
        AGAIN,
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Its multiply-accumulates."""
    return measured(module, inputs, "__macs__")


PEERS.add("calflops-macs")(replace(PEER, name="calflops-macs", convention=CONVENTION, count=count))
