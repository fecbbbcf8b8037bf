"""Derivations: an operator's own rules on letters, then on the layer's numbers; what comes out is the profile's integer.

There is no second copy of a formula. `shape` and `cost` of the operator are called with sympy symbols for sizes, and
every expression that comes back is filled with the numbers and held against what the same rule says of these.
"""

from collections.abc import Mapping
from dataclasses import fields
from inspect import getdoc
from typing import Any, NamedTuple

from sympy import Symbol, floor, latex, sympify

from netstat.analysis.expressions import text
from netstat.analysis.lettering import Lettered, in_order, lettered, output_words
from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Graph, Node
from netstat.ops import OPERATORS
from netstat.ops.base import named_specs
from netstat.records.explanation import Explanation, Explanations, Letter, Step

COUNTS = ("macs", *(field.name for field in fields(Cost) if field.name != "macs"))
# What a rule raises that asks of a letter what only a number can tell.
UNDECIDED = (TypeError, ValueError, AttributeError, ArithmeticError, ShapeError)


class _Rules(NamedTuple):
    """What an operator's rules say, in letters: sizes of the first output, and figures by name."""

    letters: dict[Any, int]
    sizes: tuple[Any, ...]
    figures: dict[str, Any]


def explanations(graph: Graph, path: str | None = None) -> Explanations:
    """The derivations of a model's layers, or of those at `path` and below."""
    chosen = [node for node in graph.nodes if path is None or _is_at(node.path, path)]
    known = [node for node in chosen if node.op in OPERATORS]
    skipped = [node.path for node in chosen if node.op not in OPERATORS]
    return Explanations(graph.model, tuple(map(explanation, known)), tuple(dict.fromkeys(skipped)))


def _is_at(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.") or not place


def explanation(node: Node) -> Explanation:
    """The derivation of one call of an operator that has formulas."""
    rules, steps = _rules(node), []
    letters, sizes = dict(rules.letters), dict[Any, Any]()
    for word, size in zip(output_words(node), rules.sizes, strict=False):
        if getattr(size, "free_symbols", None) and size not in letters:
            step = _step(word, size, letters)
            sizes[size] = Symbol(word, integer=True, positive=True)
            letters[sizes[size]] = step.result
            steps.append(step)
    order = in_order(node, letters)
    steps += [_step(name, _with(figure, sizes), order) for name, figure in rules.figures.items() if figure != 0]
    shown = tuple(Letter(letter.name, "", value) for letter, value in letters.items())
    return Explanation(
        node.path, node.op, node.module, node.call, getdoc(OPERATORS[node.op]) or "", shown, tuple(steps)
    )


def _with(figure: Any, sizes: Mapping[Any, Any]) -> Any:
    """The figure with a letter for each output size in it."""
    return sympify(figure).subs(list(sizes.items()))


def _step(name: str, expression: Any, letters: Mapping[Any, int]) -> Step:
    unrounded = expression.replace(floor, lambda inside: inside)
    exact, rough = (each.subs(letters) for each in (expression, unrounded))
    return Step(
        name,
        text(expression, [*letters]),
        text(expression, [*letters], letters),
        latex(expression),
        int(exact),
        None if exact == rough else float(rough),
    )


def _rules(node: Node) -> _Rules:
    """In as many letters as the rules take: for all numbers, for tensors' sizes alone, or for none."""
    wanted = _in(node, Lettered({**named_specs(node.arguments), **node.attributes}, {}))
    for numbers in (True, False):
        try:
            found = _in(node, lettered(node, numbers=numbers))
        except UNDECIDED:
            continue
        if _filled(found) == wanted:
            return found
    return wanted


def _in(node: Node, call: Lettered) -> _Rules:
    operator = OPERATORS[node.op]
    cost = operator.cost(**call.arguments)
    owned = [argument.name for argument in node.arguments if argument.source.kind == "param"]
    params = sum(spec.numel for name, spec in call.arguments.items() if name in owned)
    figures = {"params": params, "flops": cost.flops, **{name: getattr(cost, name) for name in COUNTS}}
    return _Rules(call.letters, operator.shape(**call.arguments)[0].shape, figures)


def _filled(rules: _Rules) -> _Rules:
    """With numbers for letters, worked out."""
    from sympy import sympify

    def value(expression: Any) -> int:
        return int(sympify(expression).subs(rules.letters))

    figures = {name: value(expression) for name, expression in rules.figures.items()}
    return _Rules({}, tuple(map(value, rules.sizes)), figures)
