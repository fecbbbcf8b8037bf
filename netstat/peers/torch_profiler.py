"""torch.profiler with `with_flops=True`: operations of the few operators that it has a formula for."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from netstat.conventions import DOUBLED, MACS, Convention, Scope, Term, register
from netstat.peers._peer import PEERS, Figures, Peer
from netstat.peers.rules import torch as torch_rules
from netstat.peers.rules import torch_profiler as rules

if TYPE_CHECKING:
    from torch import Tensor, nn

CONVENTION = register(
    Convention(
        "torch-profiler",
        "flops",
        "two operations per multiply-accumulate of matrix products and 2d convolutions, and of mul and add one",
        (
            MACS,
            DOUBLED,
            Term(
                "defect: convolution without a formula (1d, 3d, transposed, unbatched, padding by name) not counted",
                rules.convolution,
            ),
            Term(
                "defect: attention kernel of the CPU without a formula, counted as nothing", torch_rules.cpu_attention
            ),
            Term("defect: LSTM kernel of the CPU without a formula, counted as nothing", torch_rules.lstm),
            Term("defect: product with a vector without a formula, counted as nothing", torch_rules.vectors),
            Term("defect: product without a formula, counted as nothing", rules.no_formula),
            Term("defect: product added in place without a formula, counted as nothing", torch_rules.in_place),
            Term("einsum without anything to sum but sizes of 1 not counted as a product", torch_rules.einsum),
            Term("einsum without anything to sum counted as 1 per element of the first", rules.einsum),
            Term("outer product by tensordot counted as a matrix product", torch_rules.outer),
            Term("multiplication counted as 1 per element of its first operand", rules.multiplication),
            Term("addition counted as 1 per element of its first operand", rules.addition),
            Term("function made of multiplications and additions counted by these", rules.made_of),
            Term("distance and similarity counted as 1 per element compared", rules.compared),
            Term("isclose counted as 1 per output, 2 per element of its second operand", rules.isclose),
            Term("products of vectors counted as 1 per element of the first", rules.vecdot),
            Term("inner product with a number counted as 1 per element", rules.inner),
            Term("bias of a bilinear layer counted as 1 per output", rules.bilinear),
            Term("affine grid counted as a matrix product, and 1 per scaled position", rules.affine_grid),
            Term("queries and keys of attention by products scaled, counted as 1 per element", rules.scaling),
            Term("local response normalisation counted as 3 per element", rules.local_response_norm),
            Term("rms normalisation counted as 1 per element, with weights 2", rules.rms_norm),
            Term("instance normalisation counted as 1 per tensor of weights and statistics", rules.instance_norm),
            Term("weight normalisation counted as 1 per weight", rules.weight_norm),
            Term("repetition counted as 1 per dimension", rules.repeat),
            Term("dropout in training counted as 1 per element, alpha dropout more", rules.dropout),
            Term("dropout between recurrent layers counted as 1 per element", rules.dropout_between),
            Term("gates of an LSTM in parts counted as 3 per hidden value", rules.lstm_gates),
            Term("gates of a GRU counted as 1 per hidden value", rules.gru_gates),
            Term("sum of the two biases of an LSTM kernel counted as 1 per gate and hidden feature", rules.lstm_biases),
        ),
        Scope(
            sees="operators that the dispatcher runs on the CPU, nested ones too; whole layers as their parts",
            mode="as the model is; dropout counts in training",
        ),
    )
)


def count(module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """Run the profiler, each module's forward in a range of its own path.

    Without gradients, and parameters that want none, as FlopCounterMode is run: a few products hang on that.
    """
    import torch
    from torch.profiler import ProfilerActivity, profile

    _mark(module.requires_grad_(False))
    with torch.no_grad(), _silenced():
        with profile(activities=[ProfilerActivity.CPU], with_flops=True) as profiled:
            module(*inputs)
        events = [*(profiled.events() or ())]
    by_path = Counter(dict.fromkeys((path for path, _ in module.named_modules()), 0))
    for event in events:
        if event.flops:
            by_path[_path_of(event)] += event.flops
    return Figures(sum(event.flops or 0 for event in events), by_path)


_RANGE = "module:"


def _mark(module: "nn.Module") -> None:
    """Hooks that open and close a range around every forward."""
    from torch.profiler import record_function

    opened: list[Any] = []

    def open_range(path: str) -> Any:
        def hook(*_: object) -> None:
            opened.append(record_function(f"{_RANGE}{path}"))
            opened[-1].__enter__()

        return hook

    def close_range(*_: object) -> None:
        opened.pop().__exit__(None, None, None)

    for path, child in module.named_modules():
        child.register_forward_pre_hook(open_range(path))
        child.register_forward_hook(close_range)


def _path_of(event: Any) -> str:
    """Of the innermost range around it."""
    while event is not None and not event.name.startswith(_RANGE):
        event = event.cpu_parent
    return "" if event is None else str(event.name.removeprefix(_RANGE))


@contextmanager
def _silenced() -> Iterator[None]:
    """The profiler's library writes to the process's error stream itself, past `sys.stderr`."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


PEERS.add("torch-profiler")(Peer("torch-profiler", "torch", CONVENTION, needs_values=True, count=count))
