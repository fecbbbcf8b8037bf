"""Derivations: an operator's own rules on letters, then on the layer's numbers; out comes the profile's integer.

There is no second copy of a formula. `shape` and `node_cost` are called with sympy symbols for sizes, and every
expression that comes back is filled with the numbers and held against what the profile says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from sympy import Symbol, sympify

from netstat.analysis.evaluation import evaluated
from netstat.analysis.expressions import functions, text
from netstat.analysis.lettering import Lettered, images, in_order, lettered, output_words
from netstat.analysis.meanings import FUNCTIONS, meaning
from netstat.analysis.wording import wording
from netstat.errors import ModelError, ShapeError, UsageError
from netstat.graph import Graph, Node, TensorSpec
from netstat.ops import OPERATORS, node_cost
from netstat.ops.base import named_specs
from netstat.ops.symbolic import Occupied, Taps
from netstat.records.explanation import Explanation, Explanations, Function, Letter, Step, Unexplained
from netstat.records.profile import Layer, Profile
from netstat.registry import unknown

COUNTS = ("macs", "multiplies", "adds", "divides", "compares", "specials", "flops", "bytes_read", "bytes_written")
WHOLE = "(model)"  # what the model itself is called, whose path is empty
# What a rule raises that asks of a letter what only a number can tell.
UNDECIDED = (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, ShapeError, ModelError)
# Counts over windows that stay functions of letters get letters of their own.
_COUNTED = {Taps: "taps", Occupied: "windows"}


class Call(NamedTuple):
    """A node, its row of the profile, and whether its tensors are batches of images."""

    node: Node
    row: Layer
    image: bool = False


class _Rules(NamedTuple):
    """What an operator's rules say, in letters: sizes of the first output, and figures by name."""

    letters: dict[Any, int]
    sizes: tuple[Any, ...]
    figures: dict[str, Any]


def explanations(graph: Graph, profile: Profile, paths: Sequence[str] = ()) -> Explanations:
    """The derivations of a model's layers.

    Args:
        graph: the model.
        profile: what the figures have to come to; a row per node of the graph.
        paths: layers and containers, with all below them, and globs; none for the whole model.

    Raises:
        UsageError: there is no such layer; offers the nearest.
        ModelError: a derivation does not come to the profile's figure.
    """
    chosen, image = _chosen(graph.nodes, paths), images(graph.nodes)
    calls = [Call(graph.nodes[i], profile.layers[i], image[i]) for i in sorted(chosen)]
    derived = _Derived()
    return Explanations(
        graph.model,
        profile.inputs,
        tuple(derived.explanation(call) for call in calls if call.row.complete),
        tuple(Unexplained(call.row.path, call.row.op) for call in calls if not call.row.complete),
    )


def _chosen(nodes: Sequence[Node], paths: Sequence[str]) -> set[int]:
    """Indices of the nodes at any of the paths."""
    found: set[int] = set()
    for path in paths:
        here = {i for i, node in enumerate(nodes) if _is_at(node.path, path)}
        if not here:
            outermost = dict.fromkeys(node.path.partition(".")[0] or WHOLE for node in nodes)
            raise UsageError(unknown("layer", path, _places(nodes), f"there is {', '.join(outermost)}"))
        found |= here
    return found if paths else set(range(len(nodes)))


def _is_at(path: str, wanted: str) -> bool:
    place = path or WHOLE
    return place == wanted or path.startswith(f"{wanted}.") or fnmatchcase(place, wanted)


def _places(nodes: Iterable[Node]) -> list[str]:
    """Every layer, and every container of layers."""
    names = (node.path.split(".") for node in nodes if node.path)
    return list(dict.fromkeys(".".join(parts[:end]) for parts in names for end in range(1, len(parts) + 1)))


class _Derived(dict[str, Explanation]):
    """Explanations by all they depend on: layers of large models repeat."""

    def explanation(self, call: Call) -> Explanation:
        """That of a call, with the place where it is."""
        node, row = call.node, call.row
        sources = [each.source for each in node.arguments]
        given = [(each.name, each.spec, each.source.kind, sources.index(each.source)) for each in node.arguments]
        key = repr((node.op, given, node.attributes, node.outputs, call.image))
        if key not in self:
            self[key] = explanation(call)
        return replace(self[key], path=row.path, module=row.module, call=row.call)


def explanation(call: Call) -> Explanation:
    """The derivation of one call of an operator that has formulas.

    Raises:
        ModelError: it does not come to the figures of the call's row.
    """
    node, row, image = call
    rules = _rules(call)
    derived = _Derivation(rules.letters)
    for word, size in zip(output_words(node, image=image), rules.sizes, strict=False):
        derived.name(word, size)
    for name, figure in rules.figures.items():
        derived.figure(name, figure)
    own, words = OPERATORS[node.op].meanings, wording(OPERATORS[node.op])
    steps = tuple(derived.steps(in_order(node, derived.letters)))
    return Explanation(
        *(row.path, row.op, row.module, row.call, row.input_shapes, row.output_shapes),
        *words,
        letters=tuple(Letter(each.name, meaning(each.name, own), value) for each, value in derived.used()),
        functions=tuple(Function(*FUNCTIONS[name]) for name in functions(step.formula for step in steps)),
        steps=steps,
    )


class _Derivation:
    """Expressions by the names of the figures they are of, in which letters stand for what was derived before."""

    def __init__(self, letters: Mapping[Any, int]) -> None:
        self.letters = dict(letters)
        self._expressions: dict[str, Any] = {}
        self._named: dict[Any, Any] = {}

    def name(self, word: str, expression: Any) -> None:
        """From here on, a letter for an expression of letters that is none itself."""
        if getattr(expression, "free_symbols", None) and expression not in self.letters:
            letter = self._named[expression] = Symbol(word, integer=True, nonnegative=True)
            self._expressions[word] = expression
            self.letters[letter] = int(evaluated(expression, self.letters))

    def figure(self, name: str, expression: Any) -> None:
        """A figure, which is left out where it is zero; counts over windows in it get letters."""
        expression = sympify(expression).xreplace(self._named)
        for count in sorted(expression.atoms(*_COUNTED), key=str):
            self.name(self._word(count), count)
        if evaluated(expression, self.letters):
            self._expressions[name] = expression.xreplace(self._named)

    def _word(self, count: Any) -> str:
        """taps_h, of the axis that the windows are moved along."""
        size, word = str(count.args[0]), _COUNTED[type(count)]
        return f"{word}_{size[0].lower()}" if size[0].isalpha() else word

    def steps(self, order: Mapping[Any, int]) -> Iterator[Step]:
        """Each figure in letters, in numbers, and what it comes to."""
        for name, expression in self._expressions.items():
            exact, rough = (evaluated(expression, self.letters, rounded=rounded) for rounded in (True, False))
            written = text(expression, [*order]), text(expression, [*order], order)
            yield Step(name, *written, int(exact), None if exact == rough else float(rough))

    def used(self) -> Iterator[tuple[Any, int]]:
        """The letters that occur, and their values."""
        found = {letter for expression in self._expressions.values() for letter in expression.free_symbols}
        return ((letter, value) for letter, value in self.letters.items() if letter in found)


def _rules(call: Call) -> _Rules:
    """In as many letters as the rules take: for all numbers, for tensors' sizes alone, or for none.

    Raises:
        ModelError: even without letters they do not come to what the profile says.
    """
    node, row, image = call
    for numbers in (True, False):
        try:
            found = _said(lettered(node, image=image, numbers=numbers))
            if not _differing(found, row):
                return found
        except UNDECIDED:
            continue
    plain = _said(Lettered(node, {}))
    for name, figure in _differing(plain, row).items():
        place = row.path or WHOLE
        raise ModelError(f"{place}: {name} of {node.op} is {figure} by its rule, and the profile says otherwise")
    return plain


def _said(call: Lettered) -> _Rules:
    node, letters = call
    cost = node_cost(node)
    outputs: Sequence[TensorSpec] = OPERATORS[node.op].shape(**named_specs(node.arguments), **node.attributes)
    owned = {each.source.name: each.spec.numel for each in node.arguments if each.source.kind == "param"}
    figures = {"params": sum(owned.values()), **{name: getattr(cost, name) for name in COUNTS}}
    return _Rules(letters, outputs[0].shape if outputs else (), figures)


def _differing(rules: _Rules, row: Layer) -> dict[str, int]:
    """What comes to something else than in the profile, when numbers are put in."""
    wanted = {name: getattr(row, name) for name in rules.figures} | dict(_numbered(row.output_shape))
    found = rules.figures | dict(_numbered(rules.sizes))
    values = {name: int(evaluated(each, rules.letters)) for name, each in found.items()}
    return {name: values.get(name, 0) for name in wanted | values if values.get(name) != wanted.get(name)}


def _numbered(shape: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"output size {i}", size) for i, size in enumerate(shape))
