"""A profile's layers as a table, with totals, summary, and what could not be counted."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from netstat.records.profile import Profile
from netstat.reports._columns import Whole, layer_columns, ordered
from netstat.reports._table import AtLeast, Column, Fact, Table, place, rows, title
from netstat.units import duration, exact, mebibytes, percent, plural, scaled, shape

if TYPE_CHECKING:
    from netstat.records.benchmark import Benchmark


def layer_tables(profile: Profile, columns: Sequence[str] | None = None, sort: str | None = None) -> list[Table]:
    """The layers with totals and summary; for an incomplete profile also the operators without a formula.

    Raises:
        UsageError: there is no column of a name in `columns` or `sort`.
    """
    benchmark = next((benchmark for benchmark in profile.benchmarks or () if benchmark.layers), None)
    whole = _whole(profile, benchmark)
    chosen = layer_columns(profile, columns, timed=benchmark is not None)
    layers = rows(chosen, ordered(profile.layers, whole, sort), whole)
    totals = [_total(column, profile, whole) for column in chosen]
    notes = [*_summary(profile), *_timing(benchmark)]
    first = Table(_headline(profile), chosen, [layers, [totals]], notes=notes)
    return [first, _uncounted(profile)] if profile.uncounted else [first]


def _is_parameters(profile: Profile) -> bool:
    """Whether it is of a file that holds parameters and no forward pass."""
    return not (profile.complete or profile.uncounted)


def _headline(profile: Profile) -> str:
    inputs = ", ".join(f"{tensor.name} {shape(tensor.shape)} {tensor.dtype}" for tensor in profile.inputs)
    mode = "training mode" if profile.training else ""
    return title(profile.model, inputs, f"counted as {profile.convention} ({profile.unit})", mode)


def _whole(profile: Profile, benchmark: "Benchmark | None") -> Whole:
    if benchmark is None:
        return Whole(profile.totals)
    times = {(layer.path, layer.op, layer.call): layer for layer in benchmark.layers}
    return Whole(profile.totals, benchmark.median_seconds, times)


def _total(column: Column, profile: Profile, whole: Whole) -> Any:
    if column.name in ("path", "time"):
        return "total" if column.name == "path" else (whole.seconds, 0.0)
    total = getattr(whole.totals, column.name, "")
    if _is_parameters(profile) and column.missing == "?":
        return None
    is_exact = profile.complete or total == "" or column.name in ("params", "trainable_params")
    return total if is_exact else AtLeast(total)


def _summary(profile: Profile) -> Iterator[Fact]:
    totals = profile.totals
    yield "params", _params(profile)
    yield from _works(profile)
    for group in profile.groups if not _is_parameters(profile) else ():
        if group.params or group.macs:
            shares = f"{percent(group.params, totals.params)} of params, {percent(group.macs, totals.macs)} of MACs"
            yield group.name, f"{plural(group.layers, 'layer')}: {shares}"
    yield "memory", _memory(profile)


def _works(profile: Profile) -> Iterator[Fact]:
    totals = profile.totals
    if _is_parameters(profile):
        yield "MACs, FLOPs", "not known: the file holds parameters and no forward pass"
        return
    yield "MACs", _work(profile, totals.macs)
    yield "FLOPs", _work(profile, totals.flops)
    if profile.convention != "documents":
        yield f"{profile.unit} as {profile.convention}", _work(profile, totals.count)


def _params(profile: Profile) -> str:
    totals = profile.totals
    frozen = totals.params - totals.trainable_params
    split = f"{exact(totals.trainable_params)} trainable, {exact(frozen)} frozen" if frozen else "all trainable"
    unused = f"; {exact(totals.unused_params)} unused" if totals.unused_params else ""
    return f"{exact(totals.params)} ({scaled(totals.params)}): {split}{unused}"


def _work(profile: Profile, count: int) -> str:
    bound = "" if profile.complete else "≥"
    return f"{bound}{exact(count)} ({scaled(count)})"


def _memory(profile: Profile) -> str:
    totals = profile.totals
    sizes = {
        "parameters": totals.param_bytes,
        "buffers": totals.buffer_bytes,
        "input": totals.input_bytes,
        "activations": totals.activation_bytes,
    }
    return ", ".join(f"{name} {mebibytes(size)}" for name, size in sizes.items() if size or name != "buffers")


def _timing(benchmark: "Benchmark | None") -> Iterator[Fact]:
    if benchmark:
        rest = f"{duration(benchmark.unattributed_seconds)} of it in no layer"
        yield "time", f"{duration(benchmark.median_seconds)} on {benchmark.device}, {rest}"


def _uncounted(profile: Profile) -> Table:
    columns = (
        Column("op", "operator", left=True),
        Column("path", "layer", cell=lambda item, whole: place(item.path), left=True, flexible="middle"),
        Column("calls", "calls", exact),
        Column("elements", "elements", exact),
    )
    heading = "uncounted: these operators have no formula, so the totals are lower bounds"
    return Table(heading, columns, [rows(columns, profile.uncounted)])
