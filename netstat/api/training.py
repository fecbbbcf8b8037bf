"""Training steps of a resolved model."""

from itertools import product
from typing import TYPE_CHECKING

from netstat.api.subjects import Ways
from netstat.errors import UsageError
from netstat.frontends.subject import Subject, runnable

if TYPE_CHECKING:
    from netstat.measure.regime import Regime
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.benchmark import Benchmarks


def training_subject(
    subject: Subject,
    ways: Ways,
    regime: "Regime",
    *,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Benchmarks":
    """A timed training step on each device, in each dtype and with each number of threads.

    Args:
        subject: the model, captured in training mode at the batch to train.
        ways: how to run it; at one batch, contiguous and eager.
        regime: optimiser, loss and what to forecast.
        settings, progress: as for `benchmark`.

    Raises:
        UsageError, ModelError: as `benchmark`.
    """
    from netstat.measure.environment import environment
    from netstat.measure.sampling import silent
    from netstat.measure.training import TRAINING, training_step
    from netstat.records.benchmark import Benchmarks

    check_ways(ways)
    subject.selection.check_trains(subject.graph)
    module, state = runnable(subject, subject.module()), environment(ways.devices)
    found = list(product(ways.devices, ways.dtypes, ways.threads))
    steps = [
        training_step(
            module,
            subject.graph.inputs,
            regime,
            device=device,
            dtype=dtype,
            threads=threads,
            graph=subject.graph,
            selection=subject.selection,
            owned=subject.owned and len(found) == 1,
            settings=settings or TRAINING,
            progress=progress or silent,
        )
        for device, dtype, threads in found
    ]
    return subject.sign(Benchmarks(subject.graph.model, (), state, training=tuple(steps)))


def check_ways(ways: Ways) -> None:
    """Refuse ways of running a model in which training steps are not timed.

    Raises:
        UsageError: several batches, another memory format or another mode.
    """
    if len(ways.batches) > 1:
        raise UsageError("a training step is timed at one batch at a time; name one")
    if set(ways.memory_formats) != {"contiguous"} or set(ways.modes) != {"eager"}:
        raise UsageError("a training step is timed contiguous and eager; leave out the memory format and the mode")
