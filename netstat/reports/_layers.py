"""A profile's layers as a table, with totals, summary, and what could not be counted."""

from collections.abc import Iterator
from typing import Any

from netstat.records.profile import Layer, Profile
from netstat.records.view import View, matches
from netstat.reports._columns import COLUMNS, Whole, layer_columns, ordered, shown_before, whole_of
from netstat.reports._table import AtLeast, Column, Fact, Row, Table, place, rows, title
from netstat.units import duration, exact, mebibytes, percent, plural, scaled, shape

Body = tuple[list[Column], list[Row], list[Fact]]  # columns, rows, and what is to be said of the choice of them

_CAPTURED = {
    "fake": "counted on fake tensors, which know their shapes and have no values: the model does not take meta tensors",
    "cpu": "counted on real CPU tensors: the model looks at values, so another input may cost something else",
}
_PRUNED = "counted as if permanent: parameters, MACs and FLOPs of what masks keep; bytes and buffers are dense"


def layer_tables(profile: Profile, view: View) -> list[Table]:
    """The layers with totals and summary; for an incomplete profile also the operators without a formula.

    Raises:
        UsageError: there is no column of a name in the view.
    """
    whole = whole_of(profile)
    chosen = layer_columns(profile, view.columns, timed=profile.timed is not None)
    totals = [_total(column, profile, whole) for column in chosen]
    chosen, layers, notes = (_as_tree if view.tree else _flat)(profile, view, chosen, whole)
    first = Table(_headline(profile), chosen, [layers, [totals]], notes=[*_summary(profile), *_timing(profile), *notes])
    return [first, *_further(profile)]


def _further(profile: Profile) -> Iterator[Table]:
    if profile.uncounted:
        yield _uncounted(profile)
    if profile.overlapping is not None:
        from netstat.reports._overlapping import overlapping_table

        yield overlapping_table(profile)
    if profile.freezing is not None:
        from netstat.reports._freezing import freezing_table

        yield freezing_table(profile.freezing, profile.model)


def _is_parameters(profile: Profile) -> bool:
    """Whether it is of a file that holds parameters and no forward pass."""
    return not (profile.complete or profile.uncounted)


def _flat(profile: Profile, view: View, columns: list[Column], whole: Whole) -> Body:
    shown = flat(profile, view)
    return columns, rows(columns, shown, whole), list(_choice(view, len(shown), len(profile.layers)))


def _as_tree(profile: Profile, view: View, columns: list[Column], whole: Whole) -> Body:
    from netstat.reports._tree import repeated, tree_columns, tree_lines

    shown, columns = tree_lines(profile, view), tree_columns(columns)
    every = tree_lines(profile, view._replace(filters=())) if view.filters else shown
    return columns, rows(columns, shown, whole), [*repeated(shown), *_choice(view, len(shown), len(every))]


def flat(profile: Profile, view: View) -> list[Layer]:
    """The rows that the view takes, in its order."""
    whole = whole_of(profile)
    taken = (layer for layer in profile.layers if matches(layer, view.filters))
    return ordered(taken, view.sort, lambda layer: COLUMNS[view.sort or "path"].value(layer, whole))


def _choice(view: View, shown: int, there: int) -> Iterator[Fact]:
    if view.filters:
        yield "filter", f"showing {exact(shown)} of {plural(there, 'row')}; totals are those of the whole model"


def _headline(profile: Profile) -> str:
    inputs = ", ".join(f"{tensor.name} {shape(tensor.shape)} {tensor.dtype}" for tensor in profile.inputs)
    mode = "training mode" if profile.training else ""
    return title(profile.model, inputs, f"counted as {profile.convention} ({profile.unit})", mode)


def _total(column: Column, profile: Profile, whole: Whole) -> Any:
    if column.name in ("path", "time"):
        return "total" if column.name == "path" else (whole.seconds, 0.0)
    total = getattr(whole.totals, column.name, "")
    if _is_parameters(profile) and column.missing == "?":
        return None
    is_exact = profile.complete or total in ("", None) or column.name in ("params", "trainable_params")
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
    yield from _overlapping(profile)
    if profile.sparse:
        yield "pruning", _PRUNED
    if any(map(shown_before, profile.layers)):
        yield "(params)", "shown by an earlier row, counted once"
    if profile.captured in _CAPTURED:
        yield "capture", _CAPTURED[profile.captured]


def _overlapping(profile: Profile) -> Iterator[Fact]:
    """The pools whose windows overlap, the first three by name."""
    names = [place(layer.path) for layer in profile.layers if layer.overlapping]
    if names:
        shown = ", ".join(dict.fromkeys(names[:3]))
        more = f" and {exact(len(names) - 3)} more" if len(names) > 3 else ""
        yield "overlapping pools", f"{shown}{more}: window larger than stride"


def _works(profile: Profile) -> Iterator[Fact]:
    totals = profile.totals
    if _is_parameters(profile):
        yield "MACs, FLOPs", "not known: the file holds parameters and no forward pass"
        return
    yield "MACs", _work(profile, totals.macs)
    yield "FLOPs", f"{_work(profile, totals.flops)}{_at_most(profile)}"
    if totals.backward_macs is not None:
        yield "backward MACs", _work(profile, totals.backward_macs)
    if profile.convention != "documents":
        yield f"{profile.unit} as {profile.convention}", _work(profile, totals.count)


def _params(profile: Profile) -> str:
    totals = profile.totals
    frozen = totals.params - totals.trainable_params
    split = f"{exact(totals.trainable_params)} trainable, {exact(frozen)} frozen" if frozen else "all trainable"
    further = {
        "unused": totals.unused_params,
        "under a second name too, counted once": totals.shared_params,
        "more in buffers": totals.buffers,
    }
    clauses = "".join(f"; {exact(count)} {words}" for words, count in further.items() if count)
    return f"{exact(totals.params)} ({scaled(totals.params)}): {split}{clauses}"


def _work(profile: Profile, count: int) -> str:
    bound = "" if profile.complete else "≥"
    return f"{bound}{exact(count)} ({scaled(count)})"


def _at_most(profile: Profile) -> str:
    """How far the FLOPs may be from their lower bound."""
    totals = profile.totals
    if profile.complete:
        return ""
    if totals.flops_at_most is None:
        return ", no upper bound"
    more = totals.flops_at_most - totals.flops
    hundredths = -(-more * 10**4 // (totals.flops or 1))  # of a percent, rounded up: it is to be a bound still
    return f", at most {percent(hundredths, 10**4) if totals.flops else exact(more)} more"


def _memory(profile: Profile) -> str:
    totals = profile.totals
    sizes = {
        "parameters": totals.param_bytes,
        "buffers": totals.buffer_bytes,
        "input": totals.input_bytes,
        "activations": totals.activation_bytes,
    }
    return ", ".join(f"{name} {mebibytes(size)}" for name, size in sizes.items() if size or name != "buffers")


def _timing(profile: Profile) -> Iterator[Fact]:
    if timed := profile.timed:
        rest = f"{duration(timed.unattributed_seconds)} of it in no layer"
        yield "time", f"{duration(timed.median_seconds)} on {timed.device}, {rest}"


def _uncounted(profile: Profile) -> Table:
    columns = (
        Column("op", "operator", left=True),
        Column("path", "layer", cell=lambda item, whole: place(item.path), left=True, flexible="middle"),
        Column("calls", "calls", exact),
        Column("elements", "elements", exact),
        Column("at_most", "FLOPs at most", exact, missing="no bound"),
    )
    heading = "uncounted: these operators have no formula, so the totals are lower bounds"
    return Table(heading, columns, [rows(columns, profile.uncounted)])
