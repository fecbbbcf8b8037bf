"""Derivations as facts: letters, equation, and a line for every figure."""

from collections.abc import Iterator, Sequence

from netstat.records.explanation import Explanation, Explanations, Step
from netstat.records.view import View
from netstat.reports._table import Fact, Formula, Notation, Table, place, title
from netstat.units import decimals, exact, plural, shape

_NAMES = {
    "params": "parameters",
    "macs": "MACs",
    "flops": "FLOPs",
    "bytes_read": "bytes read",
    "bytes_written": "bytes written",
}


def explanation_tables(record: Explanations, view: View) -> Iterator[Table]:
    """A heading, then a page of facts for each layer; a derivation that was there before is named and not repeated."""
    inputs = ", ".join(shape(given.shape) for given in record.inputs)
    yield Table(title("explanation", record.model, inputs, plural(len(record.layers), "layer")), notes=_missing(record))
    derived: dict[object, str] = {}
    counted: set[str] = set()
    for layer in record.layers:
        here = place(layer.path, layer.call)
        if (first := derived.setdefault(layer.derivation, here)) != here:
            yield Table(_heading(layer), lead=[("same as", first)])
            continue
        yield Table(_heading(layer), lead=list(_facts(layer, told=layer.op in counted)))
        counted.add(layer.op)


def _missing(record: Explanations) -> list[Fact]:
    """Layers that cannot be explained."""
    named = [f"{entry.op} in {place(entry.path)}" for entry in record.unexplained]
    return [("no formula", ", ".join(dict.fromkeys(named)))] if named else []


def _heading(layer: Explanation) -> str:
    operator = f"{layer.op} ({layer.module})" if layer.module else layer.op
    taken, made = (", ".join(map(shape, shapes)) for shapes in (layer.input_shapes, layer.output_shapes))
    return title(place(layer.path, layer.call), operator, f"{taken} → {made}")


def _facts(layer: Explanation, *, told: bool) -> Iterator[Fact]:
    """All about a layer; what its operator does and how that is counted only where nobody was told yet."""
    if layer.letters:
        yield (
            "letters",
            ", ".join(f"{each.name} = {exact(each.value)} {each.meaning}".rstrip() for each in layer.letters),
        )
    if not told:
        yield from (("" if i else "computes", Notation(line)) for i, line in enumerate(layer.equation))
        said = (("counted", Notation(layer.counting)), ("source", layer.source))
        yield from ((label, text) for label, text in said if text)
    yield from (("" if i else "where", f"{each.name}: {each.meaning}") for i, each in enumerate(layer.functions))
    if not layer.steps:
        yield "figures", "all zero"
    for i, step in enumerate(layer.steps):
        yield _NAMES.get(step.name, step.name), _derivation(step, layer.steps[:i])


def _derivation(step: Step, before: Sequence[Step]) -> str:
    """Formula = numbers = result; of a formula that an earlier figure has, that figure's name."""
    same = next((other for other in before if other.formula == step.formula != other.numbers), None)
    if same is not None:
        return f"as {_NAMES.get(same.name, same.name)}: {exact(step.result)}"
    result = exact(step.result)
    if step.unrounded is not None:
        result = f"{decimals(step.unrounded)} → {result}"
    parts = [step.formula, step.numbers, result]
    if step.numbers == str(step.result):
        del parts[1]
    return Formula(" = ".join(dict.fromkeys(parts)) if step.formula != str(step.result) else result)
