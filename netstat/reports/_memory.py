"""What a model needs of memory as tables: what the peaks are made of, each layer's part, the largest batches."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from netstat.records.memory import Fit, Layer, Measured, Memory, Need
from netstat.records.view import View
from netstat.reports._freezing import freezing_table
from netstat.reports._table import Column, Fact, Row, Table, loss_of, place, rows, share_column, title
from netstat.units import deviation, exact, mebibytes, shape, signed

_COMPONENTS = (
    ("parameters", "param_bytes"),
    ("buffers", "buffer_bytes"),
    ("inputs", "input_bytes"),
    ("optimizer state", "optimizer_bytes"),
    ("gradients of parameters", "gradient_bytes"),
    ("saved for backward", "saved_bytes"),
    ("other activations", "activation_bytes"),
)
_FITS = (
    Column("limit_bytes", "limit", lambda count: f"{exact(count)} B"),
    Column("passed", "pass", left=True),
    Column("batch", "largest batch", exact),
    Column("peak_bytes", "needs", lambda count: f"{exact(count)} B"),
    Column("next_bytes", "one more needs", lambda count: f"{exact(count)} B"),
)


class _Line(NamedTuple):
    """A row of the first table: a name and what each pass has of it."""

    name: str
    values: tuple[int | None, ...]
    shares: tuple[tuple[int, int] | None, ...]


def memory_tables(memory: Memory, view: View) -> list[Table]:
    """Components and peaks, then the layers where wanted, then the largest batches where somebody asked."""
    found = [_components(memory)]
    if memory.freezing:
        found.append(freezing_table(memory.freezing, memory.model, memory.optimizer))
    if view.layers and memory.layers:
        found.append(_layers(memory))
    if memory.fits:
        found.append(_fits(memory, memory.fits))
    return found


def _passes(memory: Memory) -> list[tuple[str, Need]]:
    passes = (("inference", memory.inference), ("training", memory.training))
    return [(name, need) for name, need in passes if need is not None]


def _components(memory: Memory) -> Table:
    passes = _passes(memory)
    columns = list(_component_columns([name for name, _ in passes]))
    parts = [_row(name, [(getattr(need, field), need.peak_bytes) for _, need in passes]) for name, field in _COMPONENTS]
    groups: list[list[Row]] = [
        [row for row in parts if any(row[1::2])],
        [_row("predicted peak", [(need.peak_bytes, None) for _, need in passes])],
    ]
    if memory.measured:
        groups.append(list(_measured_rows(memory, [name for name, _ in passes])))
    heading = title("memory", memory.model, *_settings(memory))
    return Table(heading, columns, groups, notes=list(_notes(memory)))


def _component_columns(passes: Sequence[str]) -> Iterator[Column]:
    yield Column("component", "", left=True)
    for name in passes:
        yield Column(name, name, _amount, missing="")
        yield share_column(f"{name}_share", "share", rank=7)


def _amount(value: int | str) -> str:
    return value if isinstance(value, str) else mebibytes(value)


def _row(name: str, values: Sequence[tuple[Any, int | None]]) -> Row:
    row: Row = [name]
    for value, whole in values:
        row += [value, None if whole is None or not value else (value, whole)]
    return row


def _measured_rows(memory: Memory, passes: Sequence[str]) -> Iterator[Row]:
    found = [next((m for m in memory.measured or () if m.passed == name), None) for name in passes]
    yield _row("measured peak", [(m and m.peak_bytes, None) for m in found])
    yield _row("of it workspace", [(m and m.workspace_bytes, None) for m in found])
    yield _row("measured without workspace", [(m and m.tensor_peak_bytes, None) for m in found])
    needs = [memory.predicted(name) for name in passes]
    for name, field in (("predicted − that", "tensor_peak_bytes"), ("predicted − measured peak", "peak_bytes")):
        yield _row(
            name, [(_difference(need, getattr(m, field, None)), None) for need, m in zip(needs, found, strict=True)]
        )


def _difference(need: Need | None, measured: int | None) -> str | None:
    if need is None or measured is None:
        return None
    amount = need.peak_bytes - measured
    return f"{signed(amount)} B, {deviation(amount / measured)}" if amount else "0 B"


def _settings(memory: Memory) -> Iterator[str]:
    yield ", ".join(shape(given.shape) for given in memory.inputs)
    yield memory.dtype
    if memory.training is not None:
        yield f"trained by {memory.optimizer}" + (f" with autocast to {memory.amp}" if memory.amp else "")


def _notes(memory: Memory) -> Iterator[Fact]:
    for name, need in _passes(memory):
        moment = need.moment
        where = f"{moment.op} in {place(moment.path, moment.call)}" if moment.op else "nothing runs"
        yield f"{name} peak", f"{exact(need.peak_bytes)} B, in the {moment.phase} pass: {where}"
    if memory.training is not None:
        saved, loss = exact(memory.training.saved_total_bytes), loss_of(memory.loss)
        yield "saved for backward", f"{saved} B in all, trained by {loss}"
    if memory.not_predicted:
        yield "warning", memory.not_predicted
    for measured in memory.measured or ():
        yield f"measured {measured.passed}", _how(measured)


def _how(measured: Measured) -> str:
    grown = measured.resident_set_bytes
    process = f"; the process's peak grew by {mebibytes(grown)}" if grown else ""
    return f"{exact(measured.peak_bytes)} B on {measured.device} by {measured.how}{process}"


def _layers(memory: Memory) -> Table:
    whole = memory.training.saved_total_bytes if memory.training is not None else 0
    columns = list(_layer_columns(memory, whole))
    return Table(title("layers", "forward pass"), columns, [rows(columns, memory.layers, _measured_calls(memory))])


def _layer_columns(memory: Memory, saved: int) -> Iterator[Column]:
    yield Column("path", "layer", cell=lambda layer, _: place(layer.path, layer.call), left=True, flexible="middle")
    yield Column("op", "operator", left=True, rank=5)
    yield Column("param_bytes", "parameters", mebibytes, rank=2)
    yield Column("output_bytes", "makes", mebibytes)
    yield Column("live_bytes", "alive meanwhile", mebibytes)
    if memory.measured:
        yield Column("measured", "measured", mebibytes, cell=_measured_peak, missing="")
        yield Column("workspace", "workspace", mebibytes, cell=_workspace, missing="", rank=3)
    if memory.training is not None:
        yield Column("saved_bytes", "saved for backward", mebibytes)
        yield share_column("saved_share", "saved %", cell=lambda layer, _: (layer.saved_bytes or 0, saved), rank=7)


def _measured_calls(memory: Memory) -> dict[tuple[str, int], tuple[int, int | None]]:
    forward = next((m for m in memory.measured or () if m.passed == "inference"), None)
    calls = forward.calls if forward else ()
    return {(call.path, call.call): (call.peak_bytes, call.tensor_peak_bytes) for call in calls}


def _measured_peak(layer: Layer, calls: Any) -> int | None:
    found = calls.get((layer.path, layer.call))
    return None if found is None else int(found[0])


def _workspace(layer: Layer, calls: Any) -> int | None:
    found = calls.get((layer.path, layer.call))
    return None if found is None or found[1] is None else int(found[0] - found[1])


def _fits(memory: Memory, fits: Sequence[Fit]) -> Table:
    return Table("largest batch that fits", _FITS, [rows(_FITS, fits)])
