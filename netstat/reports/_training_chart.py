"""Training steps as bars: what each phase takes, the forward pass of inference below."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from netstat.records.training import TrainingStep
from netstat.reports._style import BLUE, GREEN, GREY, ORANGE, SKY, SMALL, VERMILLION, legend, worded
from netstat.reports._table import middle, printable, title
from netstat.units import duration, percent

_COLORS = {"forward": SKY, "loss": GREEN, "backward": BLUE, "optimizer": ORANGE}
_SPOKEN = 0.06  # a phase of a smaller share of the longest bar has no room for its figure


def training_chart(steps: Sequence[TrainingStep], model: str) -> Figure:
    """One bar per step, made of its phases, and one for inference at the same batch."""
    figure = Figure(figsize=(9.0, 0.9 * len(steps) + 1.3))
    axes = figure.subplots()
    longest = max((step.median_seconds for step in steps), default=0.0)
    for at, step in enumerate(steps):
        _bar(axes, 2 * at, step, longest)
        axes.barh(2 * at + 1, step.inference_seconds, color=GREY, label=None if at else "inference")
        axes.text(
            step.inference_seconds, 2 * at + 1, f" {duration(step.inference_seconds)}", va="center", fontsize=SMALL
        )
    labels = [label for step in steps for label in (_label(step), "inference")]
    axes.set_yticks(range(len(labels)), labels, fontsize=SMALL)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(worded(duration))
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    figure.suptitle(title(middle(printable(model), 40), "training step"), x=0.01, ha="left", fontsize=10)
    legend(axes)
    return figure


def _bar(axes: Any, at: int, step: TrainingStep, longest: float) -> None:
    """The phases one after the other, then what is in none."""
    left = 0.0
    parts = [(phase.name, phase.median_seconds) for phase in step.phases]
    for name, seconds in (*parts, ("unattributed", step.unattributed_seconds)):
        axes.barh(at, seconds, left=left, color=_COLORS.get(name, VERMILLION), label=None if at else name)
        if longest and seconds > _SPOKEN * longest:
            text = f"{duration(seconds)}\n{percent(seconds, step.median_seconds, 1)}"
            color = "white" if name == "backward" else "black"
            axes.text(left + seconds / 2, at, text, ha="center", va="center", fontsize=SMALL, color=color)
        left += seconds


def _label(step: TrainingStep) -> str:
    return f"{step.device}, batch {step.batch}\n{step.dtype}, {step.optimizer}"
