"""Letters for the sizes of an operator call, so that its own code gives a formula instead of a number.

Which letters is said by the operator's `letters`: a pattern for each tensor and each number, in the order in which
letters are settled.

    letters = {"groups": "g", "input": "N? C_in *_in", "weight": "C_out C_in/g K*", "stride": "S*"}

A pattern has a word for each dimension, matched from the right; several patterns with `|` between them are for as many
dimensions as they have words. In a word `*` is one for each spatial dimension (H and W of an image), `?` leaves a size
of one a number, as `N?` does a batch of one, and a number in front (4H) is how many times the letter the size is. A
number that is the function's own default stays a number; numbers that are equal in all spatial dimensions share a
letter: K instead of K_h and K_w. A size that is not what its letter stands for gets a letter of its own: C_2.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any, NamedTuple

from netstat.graph import Argument, Node, TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.base import Operator, signature

SPACE: dict[int, tuple[str, ...]] = {0: (), 1: ("L",), 2: ("H", "W"), 3: ("T", "H", "W")}
IMAGES = {3: "N? C? L?", 4: "N? C? H? W?", 5: "N? C? T? H? W?"}
BY_RANK = ("", "F?", "R? F?", "d_0? R? F?", "d_0? d_1? R? F?", "d_0? d_1? d_2? R? F?")


class Lettered(NamedTuple):
    """A call with letters in it: as a node, which its operator's rules take, and what each letter stands for."""

    node: Node
    letters: dict[Any, int]


def images(nodes: Sequence[Node]) -> list[bool]:
    """Of each node whether what it takes is known to be batches of images.

    Operators that have a number of spatial dimensions take and make them, and those that leave every axis where it is
    keep them.
    """
    taken: list[bool] = []
    made: list[bool] = []
    for node in nodes:
        spatial = node.op in OPERATORS and _spatial(OPERATORS[node.op]) > 0
        given = [each for each in node.arguments if each.source.kind == "node" and made[each.source.node]]
        taken.append(spatial or any(len(each.spec.shape) == _rank(node) for each in given))
        made.append(spatial or any(_keeps_axes(node, each) for each in given))
    return taken


def _keeps_axes(node: Node, operand: Argument) -> bool:
    """Whether the output has the axes of one operand in their places."""
    sight = OPERATORS[node.op].sees(node, operand) if node.op in OPERATORS else None
    if sight is None or not len(sight.axes) == len(operand.spec.shape) == len(node.output.shape):
        return False
    return all(trace is None or trace[0] == at for at, trace in enumerate(sight.axes)) and any(sight.axes)


def _rank(node: Node) -> int:
    """Dimensions of its largest tensor."""
    return max((len(argument.spec.shape) for argument in node.arguments), default=0)


def _spatial(operator: type[Operator]) -> int:
    """How many dimensions of space the operator knows of; for a Fourier transform any will do."""
    return getattr(operator, "dims", 0) if operator.family in ("convolution", "pooling", "resampling") else 0


def lettered(node: Node, *, image: bool = False, numbers: bool = True) -> Lettered:
    """The call `node` with letters for its sizes.

    Args:
        node: of an operator with formulas.
        image: whether its tensors are batches of images.
        numbers: whether letters are also for what is no tensor's size: strides, paddings.
    """
    alphabet = _Alphabet(OPERATORS[node.op])
    arguments = {argument.name: argument for argument in node.arguments}
    attributes = dict(node.attributes)
    for name, pattern in patterns(node, image=image).items():
        if name in arguments:
            spec = alphabet.tensor(arguments[name].spec, pattern)
            arguments[name] = arguments[name]._replace(spec=spec)
        elif numbers and attributes.get(name) is not None:
            attributes[name] = alphabet.numbers(name, attributes[name], pattern)
    return Lettered(node._replace(arguments=tuple(arguments.values()), attributes=attributes), alphabet.values)


def patterns(node: Node, *, image: bool) -> Mapping[str, str]:
    """The operator's own patterns; where it has none, those of the largest tensor's rank, which meet at the right."""
    operator = OPERATORS[node.op]
    if operator.letters:
        return operator.letters
    rank = _rank(node)
    return dict.fromkeys((argument.name for argument in node.arguments), by_rank(rank, image=image))


def by_rank(rank: int, *, image: bool) -> str:
    """The pattern of any tensor with so many dimensions."""
    neutral = (*BY_RANK, "")[min(rank, len(BY_RANK))]
    return IMAGES.get(rank, neutral) if image else neutral


def output_words(node: Node, *, image: bool) -> list[str]:
    """What the sizes of the first output are called where they are none of the letters that are there already."""
    operator, shape = OPERATORS[node.op], node.output.shape
    pattern = operator.letters.get("output", "")
    if not pattern:
        pattern = " ".join(f"{word.rstrip('?')}_out" for word in by_rank(len(shape), image=image).split())
    words = _Alphabet(operator).words(pattern, shape)
    return [word.rstrip("?") for word in words[-len(shape) :]] if len(words) >= len(shape) else []


def in_order(node: Node, letters: Mapping[Any, int]) -> dict[Any, int]:
    """The letters as formulas of the field have them: batch and kernel first, N·K²·C_in·C_out·H_out·W_out."""
    operator = OPERATORS[node.op]
    words = _Alphabet(operator).words(operator.letters.get("weight") or operator.letters.get("kernel_size", ""), (1,))
    first = ["N", *(word.partition("/")[0] for word in reversed(words))]
    places = {letter: first.index(letter.name) if letter.name in first else len(first) for letter in letters}
    return dict(sorted(letters.items(), key=lambda item: places[item[0]]))


class _Alphabet:
    """Letters, and what they stand for."""

    def __init__(self, operator: type[Operator]) -> None:
        self._defaults = signature(operator)[1]  # type: ignore[arg-type]  # a class is hashable
        self._space = SPACE[_spatial(operator)]
        self.values: dict[Any, int] = {}

    def tensor(self, spec: TensorSpec, pattern: str) -> TensorSpec:
        """The spec with a letter for each size that the pattern has a word for."""
        rank = len(spec.shape)
        words = self.words(pattern, spec.shape)[-rank:] if rank else []
        kept = rank - len(words)
        sizes = (self._size(*pair) for pair in zip(words, spec.shape[kept:], strict=True))
        return spec._replace(shape=(*spec.shape[:kept], *sizes))

    def numbers(self, name: str, given: Any, pattern: str) -> Any:
        """A letter for a number, or for each of several."""
        values = given if isinstance(given, tuple) else (given,)
        if not all(type(value) is int for value in values) or set(values) == {self._defaults.get(name)}:
            return given
        words = self.words(pattern, values)
        found = tuple(self._size(*pair) for pair in zip(words[-len(values) :], values, strict=True))
        return found if isinstance(given, tuple) else found[0]

    def words(self, pattern: str, sizes: Sequence[Any]) -> list[str]:
        """The words of the alternative that fits so many sizes, the spatial ones spelled out."""
        found = [list(chain(*(self._spelled(word, sizes) for word in each.split()))) for each in pattern.split("|")]
        return next((words for words in found if len(words) == len(sizes)), found[-1])

    def _spelled(self, word: str, sizes: Sequence[Any]) -> list[str]:
        """A word for each spatial dimension; the same one for all of them where it may and can be."""
        before, star, after = word.partition("*")
        if not star:
            return [word]
        if not before:
            return [axis + after for axis in self._space]
        alike = len(set(sizes[-len(self._space) :])) == 1
        return [before if alike else f"{before}_{axis.lower()}" for axis in self._space]

    def _size(self, word: str, value: int) -> Any:
        """The letter, or an expression of letters that are settled."""
        name = word.rstrip("?")
        if name != word and value == 1:
            return value
        above, slash, below = name.partition("/")
        if slash:
            parts = next((letter for letter in self.values if letter.name == below), 1)
            return self._letter(above, value * self.values.get(parts, 1)) / parts
        name = above.lstrip("0123456789")
        times = int(above.removesuffix(name) or 1)
        if value % times:
            raise ValueError(f"{value} is not {times} times anything")
        return times * self._letter(name, value // times)

    def _letter(self, name: str, value: int) -> Any:
        """The letter of this name, or where that stands for something else, of this name and a number."""
        from sympy import Symbol

        for tried in chain((name,), (f"{name}_{i}" for i in count(2))):
            letter = Symbol(tried, integer=True, positive=value > 0, nonnegative=True)
            if self.values.setdefault(letter, value) == value:
                return letter
        raise AssertionError("there are numbers without end")
