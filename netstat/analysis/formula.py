"""Totals of a model as closed formulas in the sizes of its input."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from netstat.analysis.profile import totals
from netstat.analysis.replay import Replay, Sample
from netstat.analysis.rows import owned_params
from netstat.analysis.validity import Range, settled, validity
from netstat.ops.extent import Extent, in_letters
from netstat.ops.terms import ONE, Atom, Terms, added, items, multiplied
from netstat.ops.terms_text import PEOPLE, PYTHON, Notation, text
from netstat.records.formula import Figure, Formula, FormulaInput, LayerFormula, SizeLetter

BATCH = "N"
FIGURES = (
    "params", "macs", "flops", "activation_bytes",
    "multiplies", "adds", "divides", "compares", "specials", "bytes_read", "bytes_written",
    "trainable_params", "param_bytes", "buffer_bytes", "input_bytes",
)  # fmt: skip


class Pattern(NamedTuple):
    """What the inputs' sizes are called.

    Attributes:
        inputs: per input a letter, or a number that stays, for each dimension.
        native: the letters at the input the model was made for, or that was named.
        multiple: what sizes are multiples of at all samples, because the model takes no others.
    """

    inputs: tuple[tuple[str | int, ...], ...]
    native: Mapping[str, int]
    multiple: int = 1


def formula(made: Replay, samples: Sequence[Sample], pattern: Pattern) -> Formula:
    """The totals of the model that the samples are of, replayed."""
    valid = validity(made.book, samples[0].letters)
    write = _Writer(made, valid.ranges)
    return Formula(
        model=made.graph.model,
        inputs=tuple(
            FormulaInput(name, tuple(map(str, sizes)), spec.dtype)
            for (name, spec), sizes in zip(made.graph.inputs, pattern.inputs, strict=True)
        ),
        letters=tuple(
            SizeLetter(name, size, *valid.ranges[name], 1 if name == BATCH else pattern.multiple)
            for name, size in pattern.native.items()
        ),
        conditions=tuple(text(made.book, terms) for terms in valid.others),
        figures=tuple(_figures(made, write, pattern.native)),
        layers=tuple(_layers(made, write, [name for name in pattern.native if name != BATCH])),
        checked=tuple(dict(sample.letters) for sample in samples),
    )


class _Writer:
    """Expressions of a replay as text.

    Their floors are sizes of the model's tensors: ⌊(H − 3)/4⌋, not ⌊(H + 1)/4⌋ − 1.
    """

    def __init__(self, made: Replay, ranges: Mapping[str, Range]) -> None:
        self.book, self._ranges = made.book, ranges
        self._instead: dict[int, Terms] = {}
        for node in made.graph.nodes:
            for size in (size for spec in node.outputs for size in in_letters(spec)):
                self._note(settled(self.book, size.terms, ranges))

    def _note(self, terms: Terms) -> None:
        """A floor and a number, which become one floor."""
        products = [product for product in terms if product != ONE]
        if len(products) != 1 or len(products[0]) != 1 or terms[products[0]] != 1:
            return
        (number,), shift = products[0], terms.get(ONE, 0)
        atom = self.book.atoms[number]
        if atom.kind == "floor" and number not in self._instead:
            above = added(dict(atom.arguments[0]), {ONE: shift * atom.divisor})
            whole = self.book.number(atom._replace(arguments=(items(above),)))
            self._instead[number] = added({(whole,): 1}, {ONE: -shift})

    def terms(self, size: Any) -> Terms:
        """A size or number, as simple as it gets where the formula holds."""
        if not isinstance(size, Extent):
            return {ONE: int(size)} if size else {}
        return self._rewritten(settled(self.book, size.terms, self._ranges))

    def _rewritten(self, terms: Terms) -> Terms:
        total: Terms = {}
        for product, count in terms.items():
            factor: Terms = {ONE: count}
            for number in product:
                factor = multiplied(factor, self._atom(number))
            total = added(total, factor)
        return total

    def _atom(self, number: int) -> Terms:
        if number not in self._instead:
            self._instead[number] = self._divisor(self.book.atoms[number]) or {(number,): 1}
        return self._instead[number]

    def _divisor(self, atom: Atom) -> Terms | None:
        """gcd(L, O) by way of L + O − gcd(L, O), the positions of adaptive windows, which is what is multiplied."""
        if atom.kind != "gcd":
            return None
        inside = [self._rewritten(dict(argument)) for argument in atom.arguments]
        common = self.book.number(Atom("gcd", "", tuple(map(items, inside))))
        whole = added(added(*inside), {(common,): -1})
        group = self.book.number(Atom("sum", "", (items(whole),)))
        return added(added(*inside), {(group,): -1})

    def __call__(self, size: Any, notation: Notation = PYTHON) -> str:
        return text(self.book, self.terms(size), (BATCH,) if self._has_batch else (), notation)

    @property
    def _has_batch(self) -> bool:
        return any(atom == Atom("letter", BATCH) for atom in self.book.atoms)


def _figures(made: Replay, write: _Writer, native: Mapping[str, int]) -> Iterator[Figure]:
    found = totals(made.graph, made.priced)
    for name in FIGURES:
        figure = getattr(found, name)
        value = made.book.value(figure.terms, native) if isinstance(figure, Extent) else figure
        yield Figure(name, write(figure), write(figure, PEOPLE), value)


def _layers(made: Replay, write: _Writer, letters: Sequence[str]) -> Iterator[LayerFormula]:
    owned = owned_params(made.graph)
    for node, cost, _ in made.priced:
        assert cost is not None
        yield LayerFormula(
            path=node.path,
            op=node.op,
            call=node.call,
            params=sum(owned[name].elements for name in dict.fromkeys(node.param_names) if name in owned),
            macs=write(cost.macs),
            flops=write(cost.flops),
            activation_bytes=write(sum(spec.nbytes for spec in node.outputs) if node.fresh else 0),
            degree=made.book.degree(write.terms(cost.flops), letters),
        )
