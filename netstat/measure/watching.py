"""What a person sees while it is measured: what is known so far, from how much, and how long it may still take."""

from netstat.measure.driver import Run
from netstat.measure.sampling import Progress
from netstat.units import duration, plural


class Teller:
    """Words for the turns of a run.

    Args:
        progress: who is told.
        configurations: how many there are.
    """

    def __init__(self, progress: Progress, configurations: int) -> None:
        self._progress, self._several = progress, configurations > 1
        self._elapsed: dict[int, float] = {}
        self._total = configurations

    def __call__(self, run: Run, warming: bool) -> None:
        """The run is warming up, or has had a turn."""
        if warming:
            self._progress(f"warming up {_named(run, self._several)}", 0.0)
            return
        course = run.course
        self._elapsed[id(run)] = 1.0 if course.stopped else course.elapsed / course.settings.cap_seconds
        done = min(1.0, sum(self._elapsed.values()) / max(self._total, len(self._elapsed)))
        self._progress(f"timing {_named(run, self._several)}: {_known(run)}", done)


def _named(run: Run, several: bool) -> str:
    each = run.configuration
    return f"on {each.device}, {each.words}" if several else f"on {each.device}"


def _known(run: Run) -> str:
    course = run.course
    seconds = sorted(seconds for series in course.series for seconds in series)
    parts = [duration(seconds[len(seconds) // 2])]
    if course.summary:
        parts[0] += f" ± {100 * course.summary.half_width:.2g} %"
    left = f"≤ {course.left:.0f} s left"
    return ", ".join([*parts, plural(course.count, "sample"), *([] if course.stopped else [left])])
