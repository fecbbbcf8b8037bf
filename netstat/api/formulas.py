"""What Python users call for cost as a formula: `formula` and `scaling`, each with the name of its command."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from netstat.analysis.formula import Pattern
from netstat.analysis.formula import formula as analyse
from netstat.analysis.replay import Sample, replay
from netstat.errors import ModelError, UsageError
from netstat.frontends.inputs import InputShape, inputs_of
from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Inputs, Shape, Subject, check_positive
from netstat.graph import PARAMETER, Graph, Source, TensorSpec
from netstat.ops import OPERATORS
from netstat.records.formula import Evaluation, Formula, sides
from netstat.registry import unknown
from netstat.units import shape as shape_text

if TYPE_CHECKING:
    from netstat.analysis.replay import Replay
    from netstat.records.scaling import Scaling

BATCH = "N"
WORDS = {1: "N", 2: "N F", 3: "N T F", 4: "N C H W", 5: "N C T H W"}
KEPT = ("C", "F")  # sizes that belong to the model
# Where two further samples have the letters besides N, from the last multiple of so much on, the first letter and the
# second in turns; and what that makes all sizes multiples of, such as common divisors do not explain. A multiple of 64
# and one is odd however often it is halved upwards, a multiple less one however often downwards: twice a half is not
# the whole at all samples by chance. By 32 where a model takes no others.
PLACES = ((64, ((65, 127), (127, 65)), 1), (1, ((64, 96), (160, 32)), 32))
APART = 192  # from the places of two letters to those of the next two
BATCHES = (2, 3)


def formula(
    model: Any,
    input_shape: InputShape = None,
    *,
    dtype: str = "float32",
    letters: str | Sequence[str] | None = None,
    fully_convolutional: bool | Shape = False,
) -> Formula:
    """The totals of a model as closed formulas in N (batch), H and W, and where they hold.

    `.macs`, `.params`, `.flops`, `.activation_bytes` and the other totals of a profile are sympy expressions;
    `.at(H=320, W=256)` gives numbers without sympy, `.solve("macs < 5G").side` the largest square input.

    The operators' own rules are replayed on letters. The model is looked at at three sizes, and the shapes of every
    tensor at all of them have to be those of the formulas.

    Args:
        model: as for `profile`; no Graph and no saved result, which have one size only.
        input_shape: the input to begin with; built-in and torchvision models know theirs.
        dtype, fully_convolutional: as for `profile`; a dtype decides bytes only.
        letters: the ones to have, others staying as the input has them: "N", "N,H", ["H", "W"]; all by default.

    Raises:
        UsageError: as `profile`; no such letter.
        ModelError: the model takes no other sizes, or an operator stops the formula; says which, and why.
    """
    inputs = inputs_of(input_shape, 1, dtype, fully_convolutional=fully_convolutional)
    return formula_of(model, inputs, letters)


def formula_of(model: Any, inputs: Inputs, letters: str | Sequence[str] | None = None) -> Formula:
    """As `formula`, of inputs as `resolve` takes them."""
    return _formula(model, inputs, letters)[0]


def _formula(model: Any, inputs: Inputs, letters: str | Sequence[str] | None) -> "tuple[Formula, Replay]":
    native = resolve(model, inputs)
    pattern = _pattern(native, letters)
    samples, multiple = _samples(model, inputs, native, pattern)
    try:
        made = replay(samples, pattern.inputs)
    except ModelError as error:
        raise ModelError(f"{error}{_instead(pattern)}") from error
    return native.sign(analyse(made, samples, pattern._replace(multiple=multiple))), made


def _samples(model: Any, inputs: Inputs, native: Subject, pattern: Pattern) -> tuple[list[Sample], int]:
    """The model at three sizes, and what these are multiples of besides 1.

    Raises:
        ModelError: it takes no other sizes.
    """
    first, failed = Sample(pattern.native, native.graph), None
    for block, pairs, multiple in PLACES:
        sizes = (_grown(pattern.native, block, steps) for steps in zip(*pairs, strict=True))
        further = ({BATCH: batch, **each} for batch, each in zip(BATCHES, sizes, strict=True))
        try:
            return [first, *(_sample(model, inputs, native, pattern, each) for each in further)], multiple
        except _RefusedError as error:
            failed = failed or error
    head = "; of its fully convolutional form with --fully-convolutional" if "input features" in str(failed) else ""
    letters = ", ".join(pattern.native)
    raise ModelError(f"{native.graph.model} has no formula in {letters}: {failed}{_instead(pattern)}{head}")


class _RefusedError(ModelError):
    """The model does not take a size."""


def _instead(pattern: Pattern) -> str:
    more = BATCH in pattern.native and len(pattern.native) > 1
    return "; of N alone there is one with --letters N" if more else ""


def _pattern(subject: Subject, letters: str | Sequence[str] | None) -> Pattern:
    """What each size of the inputs is called."""
    if all(node.op == PARAMETER for node in subject.graph.nodes):
        raise ModelError(f"'{subject.graph.model}' has no forward pass of which there could be a formula")
    native: dict[str, int] = {}
    named = [tuple(_named(spec, native, _words(subject.graph, name, spec))) for name, spec in subject.graph.inputs]
    wanted = list(native) if letters is None else _listed(letters, native)
    kept = [tuple(native[size] if size in native and size not in wanted else size for size in sizes) for sizes in named]
    return Pattern(tuple(kept), {name: native[name] for name in native if name in wanted})


def _words(graph: Graph, name: str, spec: TensorSpec) -> list[str]:
    """What the dimensions of an input are called, the batch first."""
    if len(spec.shape) == 2 and "int" in spec.dtype:
        return ["N", "T"]  # a sequence of indices
    readers = (node.op for node in graph.nodes for each in node.arguments if each.source == Source("input", name=name))
    if len(spec.shape) == 3 and any(op in OPERATORS and getattr(OPERATORS[op], "dims", 0) == 1 for op in readers):
        return ["N", "C", "T"]  # windows slide along the last
    return WORDS.get(len(spec.shape), "").split()


def _named(spec: TensorSpec, native: dict[str, int], words: Sequence[str]) -> list[str | int]:
    """A letter or number for each dimension; `native` learns what the letters are."""
    found: list[str | int] = []
    for word, size in zip(words, spec.shape, strict=False):
        name = next(each for each in _numbered(word) if native.get(each, size) == size)
        found.append(size if word in KEPT else name)
        if word not in KEPT:
            native[name] = size
    return found or list(spec.shape)


def _numbered(word: str) -> Any:
    """H, H2, H3, …: an input of another height has a letter of its own."""
    yield word
    yield from (f"{word}{number}" for number in count(2))


def _listed(letters: str | Sequence[str], native: Mapping[str, int]) -> list[str]:
    names = [name.strip() for name in letters.split(",")] if isinstance(letters, str) else list(letters)
    names = [name for name in names if name]
    for name in names:
        if name not in native:
            raise UsageError(unknown("letter", name, native))
    if not names:
        raise UsageError(f"a formula needs a letter; there is {', '.join(native)}")
    return names


def _grown(native: Mapping[str, int], block: int, steps: Sequence[int]) -> dict[str, int]:
    """The letters besides N at another sample."""
    letters = (name for name in native if name != BATCH)
    return {name: native[name] // block * block + steps[at % 2] + at // 2 * APART for at, name in enumerate(letters)}


def _sample(model: Any, inputs: Inputs, native: Subject, pattern: Pattern, wanted: Mapping[str, int]) -> Sample:
    """The model at another size."""
    sizes = {name: wanted[name] for name in pattern.native}
    specs = [tuple(size if isinstance(size, int) else sizes[size] for size in each) for each in pattern.inputs]
    try:
        subject = resolve(model, _inputs(inputs, native, specs))
    except ModelError as error:
        raise _RefusedError(f"at {', '.join(map(shape_text, specs))} {error}") from error
    return Sample(sizes, subject.graph)


def _inputs(inputs: Inputs, native: Subject, shapes: Sequence[tuple[int, ...]]) -> Inputs:
    """The inputs with other shapes, the batch among them."""
    said = inputs.shapes or [((), "" if "float" in spec.dtype else spec.dtype, "") for _, spec in native.graph.inputs]
    changed = tuple((shape[1:], dtype, name) for shape, (_, dtype, name) in zip(shapes, said, strict=True))
    return inputs._replace(shapes=changed, batch=shapes[0][0])


def evaluated(formula: Formula, shape: tuple[int, ...], batch: int) -> Evaluation:
    """The figures at an input of this shape.

    Raises:
        UsageError: it is no such input, or the formulas do not hold there.
    """
    (wanted, *more) = formula.inputs
    sizes = (batch, *shape)
    fits = len(sizes) == len(wanted.sizes) and all(
        name.isidentifier() or int(name) == size for name, size in zip(wanted.sizes, sizes, strict=True)
    )
    if more or not fits:
        there = ", ".join("×".join(each.sizes) for each in formula.inputs)
        raise UsageError(f"--at takes one input of {there}, not {shape_text(sizes)}")
    found = {name: size for name, size in zip(wanted.sizes, sizes, strict=True) if name.isidentifier()}
    return Evaluation(found, formula.at(**found))


def with_answers(formula: Formula, bounds: Sequence[str], shapes: Sequence[tuple[int, ...]], batch: int) -> Formula:
    """The formula with solutions to bounds, and its figures at further sizes."""
    fixed = {BATCH: batch} if BATCH in formula.native else {}
    return replace(
        formula,
        solutions=tuple(formula.solve(bound, **fixed) for bound in bounds),
        evaluations=tuple(evaluated(formula, shape, batch) for shape in shapes),
    )


FACTORS = (0.5, 0.75, 1, 1.5, 2, 3, 4)  # of the native size
USUAL_BATCHES = (1, 8)


def scaling(
    model: Any,
    input_shape: InputShape = None,
    *,
    sizes: Sequence[int | tuple[int, ...]] | None = None,
    batches: Sequence[int] | None = None,
    dtype: str = "float32",
    letters: str | Sequence[str] | None = None,
    fully_convolutional: bool | Shape = False,
) -> "Scaling":
    """What a model costs over sizes of its input and batches, and how each layer grows, from its formulas.

    Args:
        model, input_shape, dtype, letters, fully_convolutional: as for `formula`.
        sizes: sides of square inputs, or (height, width); from half the native size to four times that by default.
        batches: sizes of the batch; 1 and 8 by default.

    Raises:
        UsageError, ModelError: as `formula`; a size at which the formulas do not hold.
    """
    inputs = inputs_of(input_shape, 1, dtype, fully_convolutional=fully_convolutional)
    return scaling_of(model, inputs, sizes, batches, letters)


def scaling_of(
    model: Any,
    inputs: Inputs,
    sizes: Sequence[int | tuple[int, ...]] | None = None,
    batches: Sequence[int] | None = None,
    letters: str | Sequence[str] | None = None,
) -> "Scaling":
    """As `scaling`, of inputs as `resolve` takes them."""
    from netstat.analysis.scaling import scaling as analyse_scaling

    found, made = _formula(model, inputs, letters)
    wanted = _usual_sides(found) if sizes is None else [_side(found, size) for size in sizes]
    chosen = list(batches or USUAL_BATCHES) if BATCH in found.native else [1]
    check_positive((), min(chosen))
    for side in wanted:
        found.check({**found.native, **side})
    if not wanted:
        raise UsageError(f"{found.model}: no size to look at; give some")
    return analyse_scaling(found, made, wanted, chosen)


def _usual_sides(found: Formula) -> list[dict[str, int]]:
    """The native sizes times what is usual, as far as the formulas hold there."""
    growing = sides(found.native)
    letters = [letter for letter in found.letters if letter.name in growing]
    grown = (
        {letter.name: round(letter.native * factor / letter.multiple) * letter.multiple for letter in letters}
        for factor in (FACTORS if letters else (1,))
    )
    return [side for side in grown if all(letter.admits(side[letter.name]) for letter in letters)]


def _side(found: Formula, size: int | tuple[int, ...]) -> dict[str, int]:
    names = sides(found.native)
    sizes = (size,) * len(names) if isinstance(size, int) else tuple(size)
    if len(sizes) != len(names) or not names:
        known = " and ".join(names) or "no size but the batch"
        raise UsageError(f"the formulas of {found.model} have {known}; {shape_text(sizes)} are {len(sizes)} sizes")
    return dict(zip(names, sizes, strict=True))
