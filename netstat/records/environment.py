"""Whether two measurements were taken in the same surroundings."""

from collections.abc import Mapping
from typing import Any

# What differs from run to run on one and the same machine, and makes no other machine of it.
PASSING = frozenset({"argv", "date"})
_PASSING_PREFIXES = ("load_avg", "cuda_clock", "cuda_celsius", "cuda_milliwatts", "cuda_temperature", "cuda_power_draw")


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys in which two environments differ so that their figures are not comparable, in alphabetical order.

    A key that only one of them has is a difference: nobody knows what it was in the other. Call, date, load and
    momentary readings of sensors differ always, and are left out.
    """
    missing = object()
    keys = sorted(one.keys() | other.keys())
    return tuple(key for key in keys if not _passes(key) and one.get(key, missing) != other.get(key, missing))


def _passes(key: str) -> bool:
    return key in PASSING or key.startswith(_PASSING_PREFIXES)
