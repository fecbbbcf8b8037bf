"""The constants as netstat/analysis/efficiency.toml has them."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from netstat.analysis import efficiency as home
from netstat.analysis.efficiency import CPU, MATRIX, VECTOR, Efficiency
from tests.forecasts.fit import Case, case_of, efficiency
from tests.forecasts.times import times

FILE = Path(home.__file__).with_suffix(".toml")
HEAD = """# What is reached of a device's peak and bandwidth; netstat/analysis/efficiency.py explains the fields.
# Fitted to the times of tests/forecasts/measured.toml; written by
#
#   python -m tests.forecasts --fit
"""


@cache
def cases() -> tuple[Case, ...]:
    """Every time in print with the work behind it. Takes a minute."""
    return tuple(map(case_of, times()))


def cases_of(units: str) -> list[Case]:
    """Those that the constants of these units are fitted to."""
    return [case for case in cases() if case.time.units == units and not case.time.apart]


@cache
def fitted() -> tuple[Efficiency, ...]:
    """The constants of all units, made anew."""
    return tuple(efficiency(units, cases_of(units)) for units in (VECTOR, MATRIX, CPU))


def text(found: Sequence[Efficiency]) -> str:
    """The file."""
    return "\n".join([HEAD, *map(_entry, found)])


def _entry(found: Efficiency) -> str:
    lines = ["[[efficiency]]", f'units = "{found.units}"']
    lines += [f"{name} = {getattr(found, name)!r}" for name in ("operator_seconds", "launch_seconds")]
    lines += [f"{name} = {getattr(found, name)!r}" for name in ("level", "factor", "unseen_factor", "times")]
    lines += [f"devices = {json.dumps(found.devices)}", "", "[efficiency.shares]"]
    return "\n".join([*lines, *(f'"{name}" = {share!r}' for name, share in found.shares.items()), ""])
