"""What is alive during a pass, in layers one above the other, moment by moment."""

from collections.abc import Callable
from typing import NamedTuple

from netstat.records.memory import Moment, Need

KINDS = {
    "params": "parameters",
    "given": "buffers, inputs",
    "optimizer": "optimizer state",
    "gradients": "gradients",
    "saved": "saved",
    "other": "other",
}


class Level(NamedTuple):
    """A kind of memory, one of `KINDS`, and its bytes at each moment."""

    kind: str
    nbytes: list[int]


def levels(need: Need) -> list[Level]:
    """From the bottom; what is nowhere is left out, the rest adds up to what is alive."""
    constant = len(need.timeline)
    stacked = [
        Level("params", [need.param_bytes] * constant),
        Level("given", [need.buffer_bytes + need.input_bytes] * constant),
        Level("optimizer", [need.optimizer_bytes] * constant),
        Level("gradients", _over(need, lambda moment: moment.gradient_bytes)),
        Level("saved", _over(need, lambda moment: moment.saved_bytes)),
        Level("other", _over(need, lambda moment: _rest(need, moment))),
    ]
    return [level for level in stacked if any(level.nbytes)]


def _over(need: Need, part: Callable[[Moment], int]) -> list[int]:
    return [part(moment) for moment in need.timeline]


def _rest(need: Need, moment: Moment) -> int:
    return moment.live_bytes - need.resident_bytes - moment.saved_bytes - moment.gradient_bytes
