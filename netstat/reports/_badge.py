"""A badge: one line of Markdown with the figures a README shows, as an image that shields.io draws from its address."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from netstat.errors import UsageError
from netstat.records.profile import Profile
from netstat.registry import unknown
from netstat.reports._table import printable
from netstat.units import mebibytes, scaled, shape

FIGURES: dict[str, Callable[[int], str]] = {
    "params": lambda count: f"{scaled(count)} params",
    "trainable_params": lambda count: f"{scaled(count)} trainable",
    "macs": lambda count: f"{scaled(count)} MACs",
    "flops": lambda count: f"{scaled(count)} FLOPs",
    "param_bytes": lambda count: f"{mebibytes(count)} of params",
}
USUAL = ("params", "macs")
_COUNTED = ("macs", "flops")  # lower bounds where an operator has no formula


def badge_line(profile: Profile, figures: Sequence[str] = USUAL) -> str:
    """The Markdown of a badge with these figures and the input they are of.

    Raises:
        UsageError: there is no such figure.
    """
    label = printable(profile.model)
    message = f"{' · '.join(_figure(profile, name) for name in figures)} at {_inputs(profile)}"
    address = "-".join(map(_part, (label, message, "blue" if profile.complete else "lightgrey")))
    return f"![{_escaped(f'{label}: {message}')}](https://img.shields.io/badge/{address})"


def _figure(profile: Profile, name: str) -> str:
    if name not in FIGURES:
        raise UsageError(unknown("figure", name, FIGURES))
    bound = "≥" if name in _COUNTED and not profile.complete else ""
    return bound + FIGURES[name](getattr(profile.totals, name))


def _inputs(profile: Profile) -> str:
    return ", ".join(shape(each.shape) for each in profile.inputs)


def _part(text: str) -> str:
    """A part of the address: shields.io takes one dash for the end of a part, and one underscore for a space."""
    return quote(text.replace("-", "--").replace("_", "__"), safe="")


def _escaped(text: str) -> str:
    return re.sub(r"[\\`*_\[\]<>&]", r"\\\g<0>", text)
