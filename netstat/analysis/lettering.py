"""Letters for the sizes of an operator call, so that its own code gives a formula instead of a number.

Which letters is said by the operator's `letters`: a pattern for each tensor and each number, in the order in which
letters are settled.

    letters = {"groups": "g", "input": "N C_in *_in", "weight": "C_out C_in/g K*", "stride": "S*"}

A pattern has a word for each dimension, matched from the right; `*` is one for each spatial dimension (H and W of an
image). A number that is the function's own default stays a number, as does a batch of one; numbers that are equal in
all spatial dimensions share a letter: K instead of K_h and K_w.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from netstat.graph import Node, TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.base import Operator, named_specs, signature

SPACE = {1: ("L",), 2: ("H", "W"), 3: ("T", "H", "W")}
BY_RANK = ("", "F", "N F", "N T F", "N C H W", "N C T H W")
BATCH = "N"


class Lettered(NamedTuple):
    """A call with letters in it.

    Attributes:
        arguments: as the operator's `shape` and `cost` take them.
        letters: what each stands for, in the order in which they were settled.
    """

    arguments: dict[str, Any]
    letters: dict[Any, int]


def lettered(node: Node, *, numbers: bool = True) -> Lettered:
    """The call `node` with letters for its sizes.

    Args:
        node: of an operator with formulas.
        numbers: whether also for what is no tensor's size: strides, paddings.
    """
    operator = OPERATORS[node.op]
    given = {**named_specs(node.arguments), **node.attributes}
    alphabet = _Alphabet(operator)
    for name, pattern in (operator.letters or _by_rank(operator, given)).items():
        value = given.get(name)
        if isinstance(value, TensorSpec):
            given[name] = alphabet.tensor(value, pattern)
        elif numbers and value is not None:
            given[name] = alphabet.numbers(name, value, pattern)
    return Lettered(given, alphabet.values)


def _by_rank(operator: type[Operator], given: dict[str, Any]) -> dict[str, str]:
    """Patterns for tensors of an operator that has none of its own: those of the first one's shape have its letters."""
    specs = {name: given[name] for name in operator.tensors if isinstance(given.get(name), TensorSpec)}
    first = next(iter(specs.values()), TensorSpec(()))
    if len(first.shape) >= len(BY_RANK):
        return {}
    return {name: BY_RANK[len(first.shape)] for name, spec in specs.items() if spec.shape == first.shape}


class _Alphabet:
    """Letters, and what they stand for."""

    def __init__(self, operator: type[Operator]) -> None:
        self._defaults = signature(operator)[1]
        self._dims: int = getattr(operator, "dims", 0)
        self.values: dict[Any, int] = {}

    def tensor(self, spec: TensorSpec, pattern: str) -> TensorSpec:
        """The spec with a letter for each size that the pattern has a word for."""
        words = self._words(pattern, spec.shape[-self._dims :])
        lettered = min(len(words), len(spec.shape))
        kept = len(spec.shape) - lettered
        sizes = [self._size(*pair) for pair in zip(words[-lettered:], spec.shape[kept:], strict=True) if lettered]
        return spec._replace(shape=(*spec.shape[:kept], *sizes))

    def numbers(self, name: str, given: Any, pattern: str) -> Any:
        """A letter for a number, or for each of several."""
        values = given if isinstance(given, tuple) else (given,)
        if not all(type(value) is int for value in values) or set(values) == {self._defaults.get(name)}:
            return given
        found = tuple(self._size(*pair) for pair in zip(self._words(pattern, values), values, strict=True))
        return found if isinstance(given, tuple) else found[0]

    def _words(self, pattern: str, values: Sequence[int]) -> list[str]:
        """The pattern with the spatial words spelled out; one word for all of them where it may and can be."""
        words = []
        for word in pattern.split():
            before, star, after = word.partition("*")
            if not star:
                words.append(word)
            elif before:  # K*: of no dimension in particular
                alike = len(set(values)) == 1
                words += [before if alike else f"{before}_{axis.lower()}" for axis in SPACE[self._dims]]
            else:
                words += [axis + after for axis in SPACE[self._dims]]
        return words

    def _size(self, word: str, value: int) -> Any:
        """The letter, or the expression of letters that are settled."""
        from sympy import Symbol, sympify

        if word == BATCH and value == 1:
            return value
        if "/" in word:
            above, below = word.split("/")
            known = {letter.name: letter for letter in self.values}
            return sympify(known[above]) / known.get(below, 1)
        letter = Symbol(word, integer=True, positive=value > 0, nonnegative=True)
        if self.values.setdefault(letter, value) != value:
            raise ValueError(f"{word} stands for {self.values[letter]} and for {value}")
        return letter


def output_words(node: Node) -> list[str]:
    """What the sizes of the first output are called where they are none of the letters that are there already."""
    operator, shape = OPERATORS[node.op], node.output.shape
    pattern = operator.letters.get("output")
    if pattern:
        return _Alphabet(operator)._words(pattern, shape)[-len(shape) :]
    return [f"{word}_out" for word in BY_RANK[len(shape)].split()] if len(shape) < len(BY_RANK) else []


def in_order(node: Node, letters: dict[Any, int]) -> dict[Any, int]:
    """The letters as formulas of the field have them: those of a kernel first, K²·C_in·C_out·H_out·W_out."""
    words = _Alphabet(OPERATORS[node.op])._words(OPERATORS[node.op].letters.get("weight", ""), (1,))
    first = [word.partition("/")[0] for word in reversed(words)]
    return dict(
        sorted(letters.items(), key=lambda item: first.index(item[0].name) if item[0].name in first else len(first))
    )
