"""torch.utils.flop_counter: two operations per multiply-accumulate of the kernels that the dispatcher runs.

Which kernels those are, the device decides. The peer runs on tensors that call themselves CPU tensors.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from netstat.conventions import Convention, Scope, Term, register
from netstat.peers._paths import first_paths, leaf_paths
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules import torch as rules

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "torch",
        "flops",
        "two operations per multiply-accumulate of convolutions and matrix products, nothing else",
        (
            *rules.PRODUCTS,
            Term(
                "defect: attention kernel of the CPU without a formula before torch 2.15, counted as nothing",
                rules.before((2, 15), rules.cpu_attention),
                "pytorch#195460",
            ),
        ),
        Scope(
            sees="kernels that the dispatcher runs, those of the CPU; attention and encoder layers as their parts",
            mode="as the model is; no rule depends on it",
        ),
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run FlopCounterMode. Leaf modules only: a container's figure holds that of whatever it called, its own or not.

    Without gradients: it fails where a view of a parameter that wants one is handed to a module.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    module.requires_grad_(False)
    with torch.no_grad(), _compiler_left_out(), FlopCounterMode(display=False) as counter:
        module(*inputs)
    named = counter.get_flop_counts()
    by_path = dict.fromkeys(leaf_paths(module), 0)
    for path, first in first_paths(module).items():
        # A module goes by its root's class name and one of its paths.
        figures = named.get(f"{type(module).__name__}.{path}".rstrip("."), {})
        if first in by_path:
            by_path[first] += sum(figures.values())
    return Figures(counter.get_total_flops(), by_path)


@contextmanager
def _compiler_left_out() -> Iterator[None]:
    """While it lasts, the counter's handler does without the mark that torch's compiler is to keep out of it.

    To set that mark imports the compiler, which takes as long as torch itself, and there is nothing to compile here.
    """
    from torch.utils import flop_counter

    mode: Any = getattr(flop_counter, "_FlopCounterMode", None)
    marked = vars(mode).get("__torch_dispatch__") if mode and "torch._dynamo" not in sys.modules else None
    if not hasattr(marked, "__wrapped__"):
        yield
        return
    mode.__torch_dispatch__ = marked.__wrapped__  # type: ignore[union-attr]
    try:
        yield
    finally:
        mode.__torch_dispatch__ = marked


PEERS.add("torch")(Peer("torch", "torch", CONVENTION, needs_values=False, count=count))
