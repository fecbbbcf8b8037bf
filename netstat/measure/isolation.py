"""Settings of the process that timing depends on: set for a run, and afterwards as they were, however it ends."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from netstat.errors import UsageError
from netstat.measure.devices import Device
from netstat.measure.precision import Precision, tf32


@contextmanager
def isolated(device: Device, precision: Precision, threads: int | None = None) -> Iterator[int]:
    """Inference mode on `device` with `threads` CPU threads, TF32 or not, no garbage collection, no cuDNN search.

    Python's, numpy's and torch's random states come out as they went in.

    Args:
        device: made torch's current one.
        precision: whose TF32 switch is set.
        threads: CPU threads of an operator; None leaves as many as torch has.

    Yields:
        How many threads there are.

    Raises:
        UsageError: `threads` is not positive.
    """
    import torch

    from netstat.frontends.guards import random_state_kept

    if threads is not None and threads < 1:
        raise UsageError(f"a forward pass needs at least 1 thread, not {threads}")
    with ExitStack() as stack:
        for context in (random_state_kept(), device.active(), _threads(threads), _uncollected(), _no_cudnn_search()):
            stack.enter_context(context)
        stack.enter_context(tf32(precision.tf32))
        stack.enter_context(torch.inference_mode())
        yield torch.get_num_threads()


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _uncollected() -> Iterator[None]:
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _no_cudnn_search() -> Iterator[None]:
    import torch

    before = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = before
