"""Formulas as a table, where they hold below it, and the answers to what was asked of them."""

from collections.abc import Iterator, Sequence

from netstat.records.formula import Evaluation, Figure, SizeLetter, Solution
from netstat.records.formula import Formula as Record
from netstat.records.view import View
from netstat.reports._table import Column, Fact, Formula, Table, count_column, rows, title

MAIN = ("params", "macs", "flops", "activation_bytes")


def formula_tables(formula: Record, view: View) -> list[Table]:
    """The totals; all of them, or the four that people ask for first."""
    chosen = [figure for figure in formula.figures if view.every or figure.name in MAIN]
    columns = (
        Column("name", "total", left=True),
        Column("text", "formula", Formula, left=True, flexible="wrap", narrowest=24),
        count_column("native", f"at {_at(formula)}", rank=4),
    )
    inputs = ", ".join("×".join(each.sizes) for each in formula.inputs)
    found = [Table(title(formula.model, inputs), columns, [rows(columns, chosen)], notes=list(_notes(formula)))]
    if formula.evaluations:
        found.append(_evaluations(formula, chosen))
    if formula.solutions:
        found.append(_solutions(formula))
    return found


def _at(formula: Record) -> str:
    return ", ".join(_filled(each.sizes, formula.native) for each in formula.inputs)


def _filled(sizes: Sequence[str], letters: dict[str, int]) -> str:
    return "×".join(str(letters.get(size, size)) for size in sizes)


def _notes(formula: Record) -> Iterator[Fact]:
    yield "holds for", "; ".join([_ranges(formula.letters), *(f"{each} ≥ 0" for each in formula.conditions)])
    at = [", ".join(_filled(each.sizes, sizes) for each in formula.inputs) for sizes in formula.checked]
    yield "checked", f"shapes of all tensors against the model at {' and at '.join([', '.join(at[:-1]), at[-1]])}"


def _ranges(letters: Sequence[SizeLetter]) -> str:
    """Letters of the same range together: H, W ≥ 63."""
    groups: dict[tuple[int, int | None, int], list[str]] = {}
    for letter in letters:
        groups.setdefault((letter.least, letter.most, letter.multiple), []).append(letter.name)
    return "; ".join(_range(", ".join(names), *limits) for limits, names in groups.items())


def _range(names: str, least: int, most: int | None, multiple: int) -> str:
    limits = f"{names} ≥ {least}" if most is None else f"{least} ≤ {names} ≤ {most}"
    return f"{limits}, multiples of {multiple}" if multiple > 1 else limits


def _evaluations(formula: Record, figures: Sequence[Figure]) -> Table:
    def column(place: int, evaluation: Evaluation) -> Column:
        heading = ", ".join(_filled(each.sizes, evaluation.sizes) for each in formula.inputs)
        return count_column(f"at{place}", heading, cell=lambda figure, _: evaluation.figures[figure.name])

    columns = (
        Column("name", "total", left=True),
        *(column(*each) for each in enumerate(formula.evaluations)),
    )
    return Table(title(formula.model, "at other sizes"), columns, [rows(columns, figures)])


def _solutions(formula: Record) -> Table:
    def sizes(solution: Solution, _: None) -> str:
        return ", ".join(_filled(each.sizes, solution.sizes) for each in formula.inputs)

    columns = (
        Column("bound", "bound", left=True),
        Column("sizes", "largest square input", left=True, cell=sizes),
        count_column("value", "there"),
        count_column("next_value", "one size further"),
    )
    notes = [("", "no larger square input satisfies the bound")]
    return Table(title(formula.model, "largest inputs"), columns, [rows(columns, formula.solutions)], notes=notes)
