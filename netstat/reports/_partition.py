"""A split model as tables: the cards, its layers with what crosses, both ways of using the cards, a run."""

from collections.abc import Iterator, Sequence
from typing import Any

from netstat.records.partition import GATHERED, HOW, Counted, Partition, PartitionedLayer
from netstat.records.ranges import number
from netstat.records.view import View
from netstat.reports._table import Column, Fact, Row, Table, count_column, place, rows, title
from netstat.units import exact, mebibytes, power, ratio, shape

ONE_WEIRD_TRICK = "linear layers split, all before them by data parallelism (Krizhevsky 2014, arXiv:1404.5997)"
RING = "a ring has each of w cards send 2·(w − 1)/w times the gradients, at every batch the same"


def partition_tables(record: Partition, view: View) -> list[Table]:
    """The cards, the layers where wanted, what data parallelism would send, and the run where there was one."""
    found = [_cards(record), *([_layers(record)] if view.layers else []), _kinds(record)]
    return [*found, *([_run(record)] if record.run else [])]


def _heading(record: Partition, *rest: str) -> str:
    sizes = ", ".join(shape(given.shape) for given in record.inputs)
    return title("partition", record.model, f"{record.ways} cards", *rest, f"{sizes} {record.dtype}")


def _cards(record: Partition) -> Table:
    columns = list(_card_columns(record))
    single = [column.value(("one card, all of it", record.single)) for column in columns]
    cards = [(f"card {i + 1} of {record.ways}", card) for i, card in enumerate(record.cards)]
    return Table(_heading(record), columns, [[single], rows(columns, cards)], notes=list(_card_notes(record)))


def _card_columns(record: Partition) -> Iterator[Column]:
    def held(name: str, heading: str, rank: int) -> Column:
        return Column(name, heading, mebibytes, lambda item, _: getattr(item[1], name), rank=rank)

    yield Column("card", "", cell=lambda item, _: item[0], left=True)
    yield count_column("params", "parameters", cell=lambda item, _: item[1].params)
    yield held("param_bytes", "weights", 5)
    yield held("gradient_bytes", "gradients", 3)
    yield held("optimizer_bytes", "optimizer", 4)
    yield held("output_bytes", "activations", 6)
    yield held("received_bytes", "received", 7)
    if record.single.training_peak_bytes is not None:
        yield held("training_peak_bytes", "training peak", 0)
    if record.limit_bytes is not None and record.single.training_peak_bytes is not None:
        limit = record.limit_bytes
        yield Column("fits", f"fits in {_limit(limit)}", cell=lambda item, _: _fits(item[1].training_peak_bytes, limit))


def _limit(limit: int) -> str:
    """A size as it was asked for: whole GB or MB, else with a binary prefix."""
    for factor, unit in ((10**9, "GB"), (10**6, "MB")):
        if limit % factor == 0:
            return f"{exact(limit // factor)} {unit}"
    return mebibytes(limit)


def _fits(peak: int | None, limit: int) -> str | None:
    return None if peak is None else "yes" if peak <= limit else "no"


def _card_notes(record: Partition) -> Iterator[Fact]:
    if record.single.training_peak_bytes is not None:
        peaks = [card.training_peak_bytes for card in record.cards if card.training_peak_bytes is not None]
        cards = f", {exact(max(peaks))} B at most on each of {record.ways}" if peaks else ""
        optimizer = f"trained by {record.optimizer}, without workspace of kernels"
        yield "training peak", f"{exact(record.single.training_peak_bytes)} B on one card{cards}; {optimizer}"
    yield "activations", "all that a forward pass makes on a card; received: what the others send it besides"
    if record.grouped:
        yield "groups", f"{record.ways} in {', '.join(record.grouped)}, where the model has none: another model"
    if any(layer.op == "local_response_norm" for layer in record.layers):
        yield "normalisation", _normalisation(record)
    if record.unread:
        yield "left out", f"{exact(record.unread)} parameters that the forward pass does not read"
    if record.not_predicted:
        yield "warning", f"no training peak of a card: {record.not_predicted}"


def _normalisation(record: Partition) -> str:
    if record.lrn == "within":
        return "within each card's own channels, which at their borders is another function than the model's"
    return "across cards, as the model has it: the channels beside the border cross (--lrn within: none do)"


def _layers(record: Partition) -> Table:
    columns = list(_layer_columns(record))
    totals = [_total(record, column.name) for column in columns]
    return Table(
        title("what crosses", f"batch {exact(record.batch)}"),
        columns,
        [rows(columns, record.layers), [totals]],
        notes=list(_layer_notes(record)),
    )


def _layer_columns(record: Partition) -> Iterator[Column]:
    yield Column("path", "layer", cell=lambda layer, _: place(layer.path, layer.call), left=True, flexible="middle")
    yield Column("op", "operator", left=True, rank=5)
    yield Column("how", "how", left=True, rank=4)
    yield Column("makes", "a card makes", cell=_makes, left=True, rank=2)
    yield Column("needs", "and needs", cell=_needs, left=True, rank=3)
    yield Column("card_params", "params per card", cell=_card_params, rank=1)
    yield Column("forward_bytes", "forward", _bytes, rank=0)
    yield Column("backward_bytes", "back", _bytes, rank=0)
    if any(layer.grouped_bytes for layer in record.layers):
        yield Column("grouped_bytes", f"{record.ways} groups save", _bytes, missing="", rank=6)


def _bytes(count: int) -> str:
    return f"{exact(count)} B" if count else ""


def _total(record: Partition, column: str) -> Any:
    if column == "path":
        return "total"
    return getattr(record, column) if column in ("forward_bytes", "backward_bytes", "grouped_bytes") else ""


def _makes(layer: PartitionedLayer, _: Any) -> str:
    whole = layer.output_shape[layer.axis] if layer.output_shape else 1
    return _of([number(part) for part in layer.parts], whole)


def _needs(layer: PartitionedLayer, _: Any) -> str:
    return ", ".join(_of([number(part) for part in need.parts], need.size) for need in layer.needs)


def _of(counts: Sequence[int], whole: int) -> str:
    low, high = min(counts), max(counts)
    if low == whole:
        return f"all {exact(whole)}"
    return f"{exact(low)}{'' if low == high else f' to {exact(high)}'} of {exact(whole)}"


def _card_params(layer: PartitionedLayer, _: Any) -> str:
    low, high = min(layer.card_params), max(layer.card_params)
    return exact(high) if low == high and high else f"{exact(low)} to {exact(high)}" if high else ""


def _layer_notes(record: Partition) -> Iterator[Fact]:
    for how in dict.fromkeys(layer.how for layer in record.layers):
        yield how, HOW[how]
    yield (
        "forward, back",
        "of all cards together: a card is sent what it lacks, and its part of the gradient goes back",
    )
    if record.example_bytes:
        forward, back = map(exact, record.example_bytes)
        yield "per image", f"{forward} B forward, {back} B back"
    unknown = [layer for layer in record.layers if layer.how == GATHERED]
    if unknown:
        named = dict.fromkeys(f"{layer.op} in {place(layer.path)}" for layer in unknown)
        yield "no rule", f"{', '.join(list(named)[:4])}{f' and {len(named) - 4:,} more' if len(named) > 4 else ''}"
    if any(layer.grouped_bytes for layer in record.layers):
        yield (
            "groups save",
            f"with --grouped GLOB a convolution has {record.ways}, and a card needs its own channels alone",
        )


def _kinds(record: Partition) -> Table:
    columns = [
        Column("family", "layers", left=True),
        count_column("params", "parameters", rank=1),
        Column("split_bytes", "split by channels", _all),
        Column("data_parallel_bytes", "data parallelism", _all),
        Column("times", "split / data", ratio),
    ]
    total: Row = ["total", record.single.params, record.step_bytes, record.data_parallel_bytes, record.times]
    heading = title("sent in a training step", f"batch {exact(record.batch)}", "all cards together")
    return Table(heading, columns, [rows(columns, record.kinds), [total]], notes=list(_kind_notes(record)))


def _all(count: int) -> str:
    return f"{exact(count)} B"


def _kind_notes(record: Partition) -> Iterator[Fact]:
    yield "data parallelism", f"every card has the whole model and a part of the batch; {RING}"
    if record.copied_bytes:
        yield "total", f"{_all(record.copied_bytes)} in it add up gradients of what every card has whole"
    if record.break_even_batch is not None:
        batch = exact(record.break_even_batch)
        yield "break even", f"up to batch {batch} the split sends no more than data parallelism"
    if record.mixed_bytes is not None:
        yield "mixed", f"{_all(record.mixed_bytes)} with {ONE_WEIRD_TRICK}"


def _run(record: Partition) -> Table:
    assert record.run
    columns = list(_run_columns())
    both = [each for each in zip(record.layers, record.run.layers, strict=False) if _crosses(*each)]
    heading = title("run", record.model, f"{record.ways} processes", f"batch {exact(record.batch)}", record.dtype)
    totals = [column.value((record, record.run)) if column.name not in ("path", "op") else "" for column in columns]
    totals[0] = "total"
    return Table(heading, columns, [rows(columns, both), [totals]], notes=list(_run_notes(record)))


def _crosses(said: PartitionedLayer, sent: Counted) -> bool:
    return any((said.forward_bytes, said.backward_bytes, sent.forward_bytes, sent.backward_bytes))


def _run_columns() -> Iterator[Column]:
    yield Column("path", "layer", cell=lambda both, _: place(both[0].path, both[0].call), left=True, flexible="middle")
    yield Column("op", "operator", cell=lambda both, _: both[0].op, left=True, rank=1)
    for name, heading in (("forward_bytes", "forward"), ("backward_bytes", "back")):
        yield Column(name, heading, _all, lambda both, _, name=name: getattr(both[0], name))  # type: ignore[misc]
        yield Column(f"counted_{name}", "counted", _all, lambda both, _, name=name: getattr(both[1], name))  # type: ignore[misc]
    yield Column("agrees", "", cell=_agreement, left=True)


def _agreement(both: Any, _: Any) -> str:
    said, sent = both
    same = (said.forward_bytes, said.backward_bytes) == (sent.forward_bytes, sent.backward_bytes)
    return "=" if same else "UNEXPLAINED"


def _run_notes(record: Partition) -> Iterator[Fact]:
    run = record.run
    assert run
    yield "counted", f"the bytes of every tensor that a process hands to torch.distributed ({run.backend})"
    for name, difference in (("outputs", run.output_difference), ("gradients", run.gradient_difference)):
        off = f"off by {power(difference)} of the largest from the model in one process"
        yield name, f"{off}; {power(run.bound)} is allowed"
    if not run.same:
        yield "warning", "the split model does not compute what the model in one process does"
