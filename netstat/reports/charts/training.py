"""Training steps: what each phase takes, the forward pass of inference below."""

from collections.abc import Sequence
from typing import Any

from netstat.records.training import TrainingStep
from netstat.reports.charts._chart import WIDTH, chart
from netstat.reports.charts._style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    SMALL,
    VERMILLION,
    Axes,
    legend,
    listed,
    worded,
)
from netstat.units import duration, percent

_COLORS = {"forward": SKY, "loss": GREEN, "backward": BLUE, "optimizer": ORANGE}
_SPOKEN = 0.08  # a phase of a smaller share of the longest bar has no room for its figure


def _steps(record: Any) -> list[Sequence[TrainingStep]]:
    return [record.training] if record.training else []


@chart("training-step", "benchmark", subjects=_steps, size=lambda steps: (WIDTH, 0.9 * len(steps) + 0.9))
def training_step(axes: Axes, steps: Sequence[TrainingStep]) -> None:
    """Time of a training step.

    A bar per step, made of its phases one after the other and what was measured in none; the grey bar below it is a
    forward pass of inference at the same batch.
    """
    longest = max(step.median_seconds for step in steps)
    for at, step in enumerate(steps):
        _bar(axes, 2 * at, step, longest)
        axes.barh(2 * at + 1, step.inference_seconds, color=GREY, label=None if at else "inference")
        text = f" {duration(step.inference_seconds)}"
        axes.text(step.inference_seconds, 2 * at + 1, text, va="center", fontsize=SMALL)
    listed(axes, [name for step in steps for name in (_name(step), "inference")], 60)
    axes.xaxis.set_major_formatter(worded(duration))
    legend(axes)


def _bar(axes: Axes, at: int, step: TrainingStep, longest: float) -> None:
    """The phases one after the other, then what is in none."""
    left = 0.0
    parts = [(phase.name, phase.median_seconds) for phase in step.phases]
    for name, seconds in (*parts, ("unattributed", step.unattributed_seconds)):
        axes.barh(at, seconds, left=left, color=_COLORS.get(name, VERMILLION), label=None if at else name)
        if seconds > _SPOKEN * longest:
            text = f"{duration(seconds)}\n{percent(seconds, step.median_seconds, 1)}"
            color = "white" if name == "backward" else "black"
            axes.text(left + seconds / 2, at, text, ha="center", va="center", fontsize=SMALL, color=color)
        left += seconds


def _name(step: TrainingStep) -> str:
    return f"{step.device}, batch {step.batch}, {step.dtype}, {step.optimizer}"
