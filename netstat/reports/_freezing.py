"""What goes away of a training step because parameters are frozen, as a table."""

from collections.abc import Iterator
from functools import partial

from netstat.records.freezing import Freezing, Learning
from netstat.reports._table import Column, Fact, Row, Table, place, share_column, title
from netstat.units import exact, mebibytes

_COLUMNS = (
    Column("what", "", left=True),
    Column("before", "all trained"),
    Column("after", "as frozen"),
    Column("gone", "goes away"),
    share_column("share", "goes %", rank=7),
)


def freezing_table(found: Freezing, model: str = "", optimizer: str = "") -> Table:
    """A row per figure: with all parameters trained, as they are frozen, and the difference.

    Args:
        found: what goes away.
        model: its name, for the title.
        optimizer: whose state `found` knows; "" where it knows none.
    """
    notes = list(_notes(found))
    return Table(title("fine-tuning", model, _chosen(found)), _COLUMNS, [list(_rows(found, optimizer))], notes=notes)


def _rows(found: Freezing, optimizer: str) -> Iterator[Row]:
    row = partial(_row, found)
    yield row("trained parameters", "trainable_params")
    yield row("gradients of parameters", "gradient_bytes")
    if found.after.optimizer_bytes is None:
        yield row("state of SGD with momentum", "momentum_bytes")
        yield row("state of Adam", "moments_bytes")
    else:
        yield row(f"state of {optimizer}", "optimizer_bytes")
        yield row("saved for backward", "saved_bytes")
        yield row("peak of the step", "peak_bytes")
    yield row("backward MACs", "backward_macs")
    yield row("backward FLOPs", "backward_flops")


def _row(found: Freezing, name: str, field: str) -> Row:
    """Counts exactly, bytes as sizes; the work of a model that has operators without a formula is a lower bound."""
    before, after = (_figure(learning, field) for learning in (found.before, found.after))
    if before is None or after is None:
        return [name, None, None, None, None]
    text = mebibytes if field.endswith("_bytes") else exact
    bound = "≥" if field.startswith("backward") and not found.complete else ""
    share = (before - after, before) if before and not bound else None
    return [name, f"{bound}{text(before)}", f"{bound}{text(after)}", text(before - after) if not bound else None, share]


def _figure(learning: Learning, field: str) -> int | None:
    figure: int | None = getattr(learning, field)
    return figure


def _chosen(found: Freezing) -> str:
    """The patterns, in words."""
    only = f"train only {', '.join(found.train_only)}" if found.train_only else ""
    frozen = f"freeze {', '.join(found.freeze)}" if found.freeze else ""
    return ", ".join(filter(None, (only, frozen))) or "as the model came"


def _notes(found: Freezing) -> Iterator[Fact]:
    yield "frozen", f"{exact(found.frozen_params)} of {exact(found.params)} parameters"
    if found.ends is None:
        yield "backward", "no gradient reaches any layer"
    else:
        yield "backward", f"ends at {place(found.ends)}, the first layer that a gradient reaches; two FLOPs per MAC"
