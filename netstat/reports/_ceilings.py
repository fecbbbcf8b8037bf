"""Ceilings as tables: what was reached by what, and what texts claim beside it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from netstat.records.ceiling_claims import CLAIMS
from netstat.records.ceilings import MEMORY, WARNINGS, Ceiling, Ceilings, Probe
from netstat.records.view import View
from netstat.reports._table import Column, Fact, Table, rows, share_column, title
from netstat.units import duration, exact, plural, scaled


def ceilings_tables(record: Ceilings, view: View) -> Iterator[Table]:
    """A table per device, number format and number of threads, and the claims."""
    for ceiling in record.ceilings:
        yield from _tables(ceiling)
    if record.ceilings:
        yield _claims(record.ceilings)


def flop_rate(per_second: float) -> str:
    """Operations per second."""
    return scaled(per_second, "FLOP/s")


def byte_rate(per_second: float) -> str:
    """Bytes per second."""
    return scaled(per_second, "B/s")


def settings(ceiling: Ceiling) -> str:
    """What the ceiling is of."""
    device = f"{ceiling.device} ({ceiling.device_name})" if ceiling.device_name else ceiling.device
    return title(device, ceiling.dtype, plural(ceiling.threads, "thread"))


def roofs(ceiling: Ceiling) -> str:
    """All roofs in one line."""
    moving = ", ".join(f"{byte_rate(rate)} from {name}" for name, rate in ceiling.roofs)
    return f"{flop_rate(ceiling.flops_per_second)}; {moving}"


def doubts(ceiling: Ceiling) -> Iterator[Fact]:
    """What casts doubt on the ceiling."""
    if ceiling.short:
        yield "warning", "ceilings were measured for a second only, and are too low: netstat ceilings takes its time"
    for warning in ceiling.warnings:
        yield "warning", WARNINGS.get(warning, warning)


def _tables(ceiling: Ceiling) -> Iterator[Table]:
    widest = [max(group, key=lambda probe: probe.bytes_per_second) for group in _by_size(ceiling)]
    facts = [("ceilings", roofs(ceiling)), ("balance", _balance(ceiling)), *doubts(ceiling)]
    yield _table(title("compute", settings(ceiling)), ceiling.compute, "flops_per_second", flop_rate, facts)
    yield _table(title("memory", settings(ceiling)), widest, "bytes_per_second", byte_rate)


def _table(
    heading: str, probes: Sequence[Probe], rate: str, text: Callable[[float], str], facts: Sequence[Fact] = ()
) -> Table:
    highest = max((getattr(probe, rate) for probe in probes), default=0.0)
    columns = [
        Column("name", "probe", left=True),
        Column("size", "on", left=True, flexible="middle"),
        Column("samples", "samples", exact, rank=1),
        Column("seconds", "fastest call", duration, rank=2),
        Column(rate, "reached", text),
        share_column("share", "of the best", cell=lambda probe, _: (getattr(probe, rate), highest)),
    ]
    return Table(heading, columns, [rows(columns, probes)], facts)


def _by_size(ceiling: Ceiling) -> Iterator[list[Probe]]:
    for _, probes in groupby(ceiling.traffic, key=lambda probe: probe.size):
        yield list(probes)


def _balance(ceiling: Ceiling) -> str:
    moved = dict(ceiling.roofs)[MEMORY]
    return f"{ceiling.flops_per_second / moved:.3g} FLOPs per byte from memory: below it a layer waits for its data"


def _claims(ceilings: Sequence[Ceiling]) -> Table:
    columns = [
        Column("says", "claim", left=True, flexible="wrap", narrowest=22),
        Column("means", "which is", left=True, flexible="wrap", narrowest=22),
        Column("measured", "measured here", left=True, cell=lambda claim, _: claim.measured(ceilings) or None),
    ]
    remarks = [(claim.label, claim.remark(ceilings)) for claim in CLAIMS if claim.remark(ceilings)]
    source = ("A100", "figures of NVIDIA's data sheet (nvidia-a100-datasheet-us-nvidia-1758950-r4)")
    return Table("claims beside what was measured", columns, [rows(columns, CLAIMS)], notes=[*remarks, source])
