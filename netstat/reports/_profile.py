"""A profile as tables: its layers, then the sections it has."""

from collections.abc import Iterator

from netstat.records.profile import Profile
from netstat.records.view import View
from netstat.reports._layers import layer_tables
from netstat.reports._table import Table


def profile_tables(profile: Profile, view: View) -> Iterator[Table]:
    """Layers, cross-check, times; a section's module is imported when there is one."""
    yield from layer_tables(profile, view)
    if profile.crosscheck is not None:
        from netstat.reports._crosscheck import bill_table

        yield bill_table(profile.crosscheck, profile.model)
    if profile.benchmarks is not None:
        from netstat.reports._benchmark import benchmark_tables

        yield from benchmark_tables(profile, view, profile.layers)
