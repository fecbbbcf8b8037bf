"""Training steps of a resolved model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netstat.api.subjects import runnable
from netstat.frontends.subject import Subject

if TYPE_CHECKING:
    from netstat.measure.plan import Plan
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.benchmark import Benchmarks


def training_subject(
    subject: Subject,
    devices: Sequence[str],
    plan: "Plan",
    *,
    dtype: str = "float32",
    threads: int | None = None,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Benchmarks":
    """A timed training step on each device.

    Args:
        subject: the model, captured in training mode.
        devices: names of them.
        plan: optimiser, loss and what to forecast.
        dtype, threads, settings, progress: as for `benchmark`.

    Raises:
        UsageError, ModelError: as `benchmark`.
    """
    from netstat.measure.environment import environment
    from netstat.measure.sampling import silent
    from netstat.measure.training import TRAINING, training_step
    from netstat.records.benchmark import Benchmarks

    module, state = runnable(subject, subject.module()), environment(devices)
    steps = [
        training_step(
            module,
            subject.graph.inputs,
            plan,
            device=device,
            dtype=dtype,
            threads=threads,
            graph=subject.graph,
            owned=subject.owned and len(devices) == 1,
            settings=settings or TRAINING,
            progress=progress or silent,
        )
        for device in devices
    ]
    return Benchmarks(subject.graph.model, (), state, tuple(steps))
