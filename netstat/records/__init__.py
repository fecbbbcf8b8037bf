"""Results as frozen dataclasses with one versioned JSON form; every other format is a view of it.

History of the schema: 1 (netstat 0.1.0), the first. Keys that were added since have defaults, and may be missing.
"""

from netstat.records.base import SCHEMA, Record
from netstat.records.profile import Layer, Profile, Totals, Uncounted

__all__ = ["SCHEMA", "Layer", "Profile", "Record", "Totals", "Uncounted", "load"]


def load(path: str) -> Record:
    """The record saved in the JSON file at `path`.

    Raises:
        ModelError: there is no such file, or it holds no netstat result of a known schema.
    """
    from netstat.records.reading import read

    return read(path)
