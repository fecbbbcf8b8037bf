"""DeepSpeed's profiler: multiply-accumulates, by functions of torch that are replaced while the model runs."""

from dataclasses import replace
from typing import TYPE_CHECKING

from netstat.conventions import Convention, register
from netstat.peers._peer import PEERS, Figures
from netstat.peers.deepspeed import PEER, PRODUCT_RULES, measured
from netstat.peers.rules.replaced_terms import SCOPE, in_macs

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "deepspeed-macs",
        "macs",
        "multiply-accumulates of the functions it replaces; none of einsum and recurrent layers",
        in_macs(PRODUCT_RULES),
        SCOPE,
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Its multiply-accumulates."""
    return measured(module, inputs, "__macs__")


PEERS.add("deepspeed-macs")(replace(PEER, name="deepspeed-macs", convention=CONVENTION, count=count))
