"""Models side by side: a row each, ratios to the first; of two what changed as well, in `_changes`."""

from collections.abc import Callable, Iterator, Sequence

from netstat.records.comparison import Compared, Comparison
from netstat.records.view import View
from netstat.reports._table import AtLeast, Column, Table, count_column, rows, share_column, title
from netstat.units import mebibytes, plural, ratio, shape


def _total(name: str) -> Callable[[Compared, None], int]:
    return lambda model, whole: getattr(model.totals, name)


def _work(name: str) -> Callable[[Compared, None], int | AtLeast]:
    """A total that is a lower bound for an incomplete model."""

    def bound(model: Compared, whole: None) -> int | AtLeast:
        count = getattr(model.totals, name)
        return count if model.complete else AtLeast(count)

    return bound


def _convolution(name: str) -> Callable[[Compared, None], tuple[int, int] | None]:
    """The convolutions' part of a total."""

    def part(model: Compared, whole: None) -> tuple[int, int] | None:
        group = next((group for group in model.groups if group.name == "convolution"), None)
        return (getattr(group, name), getattr(model.totals, name)) if group else None

    return part


def _shapes(inputs: Sequence[tuple[int, ...]]) -> str:
    return ", ".join(map(shape, inputs))


_COLUMNS = (
    Column("model", "model", left=True, flexible="middle"),
    Column("inputs", "input", _shapes, left=True, rank=6),
    count_column("layers", "layers", rank=4),
    count_column("weighted_layers", "weighted", rank=4),
    count_column("params", "params", cell=_total("params")),
    Column("params_ratio", "× first", ratio, rank=8),
    count_column("macs", "MACs", cell=_work("macs")),
    Column("macs_ratio", "× first", ratio, rank=8),
    count_column("flops", "FLOPs", cell=_work("flops"), rank=3),
    Column("receptive_field", "field", shape, left=True),
    count_column("nonlinearities", "non-linear"),
    share_column("convolution_params", "conv params", cell=_convolution("params"), rank=7),
    share_column("convolution_macs", "conv MACs", cell=_convolution("macs"), rank=7),
    Column("param_bytes", "parameters", mebibytes, _total("param_bytes"), rank=2),
    Column("activation_bytes", "activations", mebibytes, _total("activation_bytes"), rank=1),
)
_OF_STACKS = ("receptive_field", "nonlinearities")
_NOT_OF_STACKS = ("layers", "weighted_layers", "convolution_params", "convolution_macs", "param_bytes")


def comparison_tables(record: Comparison, view: View) -> Iterator[Table]:
    """The models; then, where there are two, what changed layer by layer; then what was timed of both."""
    from netstat.reports._changes import changes_table, totals_table
    from netstat.reports._time_changes import increases_table, time_tables

    stacks = bool(record.models) and all(map(_is_stack, record.models))
    if record.changes is not None and not stacks:
        yield totals_table(record)
        if view.layers:
            yield changes_table(record)
    elif record.models or not record.times:
        yield _table(record.models, stacks=stacks)._replace(notes=[("note", remark) for remark in record.remarks])
    yield from time_tables(record)
    if record.increases is not None:
        yield increases_table(record)


def _table(models: Sequence[Compared], *, stacks: bool) -> Table:
    """One row per model; of stacks of convolutions what tells them apart, their one input in the title."""
    shared = _shapes(models[0].inputs) if stacks and len({model.inputs for model in models}) == 1 else ""
    unsaid = (*(_NOT_OF_STACKS if stacks else _OF_STACKS), *(["inputs"] if shared else []))
    columns = [column for column in _COLUMNS if column.name not in unsaid]
    heading = title("comparison", plural(len(models), "model"), shared and f"input {shared}")
    return Table(heading, columns, [rows(columns, models)])


def _is_stack(model: Compared) -> bool:
    """Whether convolutions have all its multiply-accumulates, and their fields are known."""
    macs = sum(group.macs for group in model.groups if group.name == "convolution")
    return model.receptive_field is not None and model.totals.macs == macs > 0
