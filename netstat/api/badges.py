"""What a README shows of a model."""

from collections.abc import Sequence
from typing import Any

from netstat.api.counting import profile
from netstat.frontends.inputs import InputShape
from netstat.records import Profile
from netstat.reports._badge import USUAL, badge_line


def badge(model: Any, input_shape: InputShape = None, *, batch: int = 1, figures: Sequence[str] = USUAL) -> str:
    """A line of Markdown: an image with figures of a model, which shields.io draws from its address.

    Args:
        model: as for `netstat.profile`, or a profile.
        input_shape: without the batch, as for `netstat.profile`.
        batch: leading dimension of every input.
        figures: names of totals: params, trainable_params, macs, flops, param_bytes.

    Raises:
        UsageError: there is no such figure; and what `netstat.profile` raises.
    """
    known = model if isinstance(model, Profile) else profile(model, input_shape, batch=batch)
    return badge_line(known, figures)
