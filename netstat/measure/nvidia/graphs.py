"""A forward pass recorded as a CUDA graph, such that a recording that fails leaves nothing behind.

Done by hand, because `torch.cuda.graph` leaves three things behind when its block fails: the stream of the recording
stays the current one, the allocator goes on keeping memory for the graph, and the GPU's random generator takes itself
to be still recording.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

WARM_UP = 3  # calls on the stream of the recording, where libraries set up what they may not while recording


def capture(forward: Callable[[], object], index: int) -> Callable[[], object]:
    """A call that gives GPU `index` the work of `forward` as one graph.

    The graph reads the tensors that `forward` read and keeps the memory it wrote to for as long as it lives.

    Raises:
        Exception: whatever `forward` raises when it is recorded, or CUDA when it looks at the record.
    """
    from torch import cuda

    untyped: Any = cuda
    caller = cuda.current_stream(index)
    stream: torch.cuda.Stream = untyped.Stream(index)
    stream.wait_stream(caller)
    with _own_random_state(index), cuda.stream(stream):
        for _ in range(WARM_UP):
            forward()
        cuda.synchronize(index)
        graph = _recorded(forward, index)
    caller.wait_stream(stream)

    def replay() -> object:
        graph.replay()
        return forward  # what it read lives as long as this call does

    return replay


def _recorded(forward: Callable[[], object], index: int) -> "torch.cuda.CUDAGraph":
    from torch import cuda

    graph, pool = cuda.CUDAGraph(), cuda.graph_pool_handle()
    graph.capture_begin(pool=pool)
    try:
        try:
            forward()
        finally:
            graph.capture_end()
    except BaseException:
        _give_back(index, pool)
        raise
    return graph


def _give_back(index: int, pool: Any) -> None:
    """End what a failed recording began: memory set aside for it."""
    from torch import _C, cuda

    internal: Any = _C
    for step in ("_cuda_endAllocateToPool", "_cuda_releasePool"):
        # Where the recording ended in good order, only the forward pass having failed, there is nothing to end.
        with suppress(AttributeError, RuntimeError):
            getattr(internal, step)(index, pool)
    cuda.synchronize(index)


@contextmanager
def _own_random_state(index: int) -> Iterator[None]:
    """Record on a copy of the GPU's random state: one that a failed recording leaves behind can never be used again."""
    from torch import cuda

    generator: Any = cuda.default_generators[index]
    state = generator.graphsafe_get_state()
    generator.graphsafe_set_state(state.clone_state())
    try:
        yield
    finally:
        generator.graphsafe_set_state(state)
