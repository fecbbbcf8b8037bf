"""torchinfo: "mult-adds", which are parameters times sizes of the output, by forward hooks on leaf modules."""

from collections import Counter
from typing import TYPE_CHECKING

from netstat.conventions import Convention, Scope, register
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules.torchinfo import Rules
from netstat.peers.rules.torchinfo_terms import SEES, SUBCLASSED, terms

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "torchinfo",
        "macs",
        "parameters of leaf modules times sizes of their output, which is what a convolution multiplies",
        terms(
            Rules(linear_by_row=False),
            "defect: linear layer counted for the first dimension alone, its sequence ignored",
        ),
        Scope(SEES, mode="evaluation, which it sets itself", subclassed=SUBCLASSED),
        evaluates=True,
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run torchinfo, and take away what it keeps: every model it has seen, by the name of its class."""
    from torchinfo import summary
    from torchinfo.torchinfo import clear_cached_forward_pass

    try:
        statistics = summary(module, input_data=list(inputs), verbose=0)
    except RuntimeError as error:
        raise error.__cause__ or error from None  # it says no more than that it failed
    finally:
        clear_cached_forward_pass()
    paths = {id(child): path for path, child in module.named_modules()}
    by_path: Counter[str] = Counter()
    for layer in statistics.summary_list:
        by_path[paths[layer.layer_id]] += layer.macs if layer.is_leaf_layer else 0
    return Figures(statistics.total_mult_adds, by_path, statistics.total_params)


PEERS.add("torchinfo")(
    Peer(
        "torchinfo",
        "torchinfo",
        CONVENTION,
        needs_values=False,
        count=count,
        apart=True,
        requirements=("torchinfo==1.8.0",),
        known=("1.8.0",),
    )
)
