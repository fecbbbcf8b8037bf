"""A real data loader with worker processes, which are gone when it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netstat.errors import ModelError, UsageError, said
from netstat.units import mebibytes

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset

PREFETCH = 2  # batches that each worker makes ahead; torch's own choice
SEED = 0
_SHARED_MEMORY = Path("/dev/shm")  # where Linux keeps what processes share

NextBatch = Callable[[], "Tensor"]


@contextmanager
def batches(
    dataset: "Dataset[Tensor]", batch: int, workers: int, *, pinned: bool = False, start_method: str | None = None
) -> Iterator[NextBatch]:
    """What gives the next batch of an endless `dataset`; at the end the worker processes are shut down.

    Args:
        dataset: of images.
        batch: how many make a batch.
        workers: processes that make them; 0 is this one.
        pinned: copy batches to memory that a GPU reads by itself.
        start_method: of worker processes; None is Python's choice on this system.

    Raises:
        ModelError: when called: a worker failed or was killed.
    """
    from torch import Generator
    from torch.utils.data import DataLoader

    from netstat.frontends.guards import quiet

    several: dict[str, Any] = {"prefetch_factor": PREFETCH, "multiprocessing_context": start_method} if workers else {}
    with quiet():  # torch advises against more workers than processors, and so does the record
        # With a generator of its own it does not draw its workers' seeds from the user's.
        own = Generator().manual_seed(SEED)
        iterator = iter(DataLoader(dataset, batch, num_workers=workers, pin_memory=pinned, generator=own, **several))
    try:
        yield partial(_next, iterator)
    finally:
        # Waiting for the garbage collector would leave them running beside the next measurement. Torch may break in
        # with the news that one of them died, which whoever asked for the next batch has been told already.
        with suppress(RuntimeError):
            getattr(iterator, "_shutdown_workers", lambda: None)()


def _next(iterator: "Iterator[Tensor]") -> "Tensor":
    try:
        return next(iterator)
    except Exception as error:
        raise ModelError(f"the input pipeline broke off: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, (EOFError, ConnectionError)):  # in the middle of a batch
        return f"a worker process died ({said(error)})"
    lines = str(error).strip().splitlines()  # of a worker the whole traceback, which ends with what went wrong
    return lines[-1] if len(lines) > 2 else said(error)


def check_shared_memory(image_bytes: int, batch: int, workers: int, folder: Path = _SHARED_MEMORY) -> None:
    """Refuse what would kill the workers: batches cross from process to process in shared memory, which may be small.

    Raises:
        UsageError: it is too small; in a container it is 64 MiB unless said otherwise.
    """
    if not workers or not folder.is_dir():
        return
    from shutil import disk_usage

    needed, free = image_bytes * batch * (PREFETCH * workers + 1), disk_usage(folder).free
    if needed > free:
        raise UsageError(
            f"{workers} workers need {mebibytes(needed)} of shared memory for their batches, {folder} has "
            f"{mebibytes(free)} left; use a smaller batch or fewer workers, or give a container more (--shm-size)"
        )


def environment() -> dict[str, Any]:
    """What of torch's data loading and torchvision a result depends on, ready for JSON."""
    from importlib.metadata import version
    from multiprocessing import get_start_method

    return {
        "torchvision_version": version("torchvision"),
        "pillow_version": version("pillow"),
        "data_loader_start_method": get_start_method(),
        "data_loader_prefetch_factor": PREFETCH,
    }
