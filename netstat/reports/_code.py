"""A record as the Python that makes it: the call of the function that has its kind's name."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from netstat.records.origin import GivenInput, Origin
from netstat.records.profile import Input
from netstat.reports._arguments import OF_KIND, Arguments

OBJECT = "model"  # what a model without a name is called
LONGEST = 88  # characters of a line

_NAMES = {"explanation": "explain", "comparison": "compare"}  # of functions, where not that of the kind
_OF_MODEL = ("batch", "dtype", "fully_convolutional", "freeze", "train_only")
_TAKEN = {  # which of them a function has; others that measure or compare have their own, or none
    **{"profile": _OF_MODEL, "memory": _OF_MODEL, "forecast": ("batch", *_OF_MODEL[2:]), "explanation": _OF_MODEL[:2]},
    **{"crosscheck": ("batch", "fully_convolutional"), "benchmark": _OF_MODEL[2:], "partition": _OF_MODEL[:2]},
    "report": _OF_MODEL[:2],
    **{"formula": ("dtype", "fully_convolutional"), "scaling": ("dtype", "fully_convolutional")},
}


def call(record: Any) -> str:
    """The expression that makes such a record.

    A model is named by the words it was named by; one that was handed over as an object is `model`.
    """
    further = OF_KIND.get(record.kind, lambda record: {})(record)
    if record.kind == "report" and len({_unnamed(origin) for origin in _origins(record)}) == 1:
        return _written(record.kind, *_reported(record, further))
    if record.kind in _OTHERS:
        return _written(record.kind, _OTHERS[record.kind](record), further)
    origin = record.origin or _described(record)
    return _written(record.kind, *_of_model(record.kind, origin, further))


def needs_object(record: Any) -> bool:
    """Whether the code speaks of a `model` that somebody has to put there."""
    if record.kind in ("comparison", "report"):
        return None in _origins(record)
    return record.origin is None and record.kind not in _OTHERS and bool(record.model)


def _of_model(kind: str, origin: Origin, further: Arguments) -> tuple[list[str], Arguments]:
    """Positional arguments as code, and named ones: what is as ever is left out."""
    usual, named = Origin(""), {}
    for name in _TAKEN.get(kind, ()):
        if getattr(origin, name) != getattr(usual, name):
            named[name] = _listed(getattr(origin, name))
    if "fully_convolutional" in named and origin.made_for:
        named["fully_convolutional"] = origin.made_for
    shapes = [_shapes(origin.inputs)] if origin.inputs else []
    if kind in ("explanation", "report"):  # where the paths of layers or further models come second
        named = {"path": further.pop("path", None), **({"input_shape": shapes.pop()} if shapes else {}), **named}
    return [_spelled(origin.model) if origin.model else OBJECT, *map(_spelled, shapes)], named | further


def _written(kind: str, positional: Iterable[str], named: Arguments) -> str:
    """A call; over several lines where it is long. Names of arguments that are None are left out."""
    arguments = [*positional, *(f"{name}={_spelled(value)}" for name, value in named.items() if value is not None)]
    name = f"netstat.{_NAMES.get(kind, kind)}"
    line = f"{name}({', '.join(arguments)})"
    if len(line) <= LONGEST:
        return line
    inside = "".join(f"{argument},\n" for argument in arguments)
    return f"{name}(\n{_indented(inside)})"


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _spelled(value: Any) -> str:
    """A value as a literal, texts between the quotes that people write."""
    text = repr(value)
    return text if '"' in text or "\\'" in text else text.replace("'", '"')


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def _described(record: Any) -> Origin:
    """What a record says of the inputs of an object, as far as shapes and a batch can."""
    given = [each for each in getattr(record, "inputs", ()) if isinstance(each, Input)]
    batches = {each.shape[0] if len(each.shape) > 1 else 0 for each in given}
    if len(batches) != 1 or 0 in batches:
        return Origin("")
    plain = all(each.dtype == "float32" for each in given)
    return Origin("", tuple(GivenInput(each.shape[1:], "" if plain else each.dtype) for each in given), batches.pop())


def _shapes(inputs: Sequence[GivenInput]) -> Any:
    """Shapes in the shortest form that says all: one, several, by name, or with a dtype each."""
    if any(each.dtype for each in inputs) or len({bool(each.name) for each in inputs}) > 1:
        return [(each.shape, each.dtype, each.name) for each in inputs]
    if inputs[0].name:
        return {each.name: each.shape for each in inputs}
    return inputs[0].shape if len(inputs) == 1 else [each.shape for each in inputs]


def _compared(record: Any) -> Iterator[str]:
    """Each model by its name where that says all, else by its profile."""
    for origin in _origins(record):
        positional, named = _of_model("profile", origin or Origin(""), {})
        yield positional[0] if len(positional) == 1 and not named else _written("profile", positional, named)


def _origins(record: Any) -> list[Origin | None]:
    """Of the models of a comparison or a report."""
    return [(each if record.kind == "comparison" else each.profile).origin for each in record.models]


def _unnamed(origin: Origin | None) -> Origin | None:
    return origin and replace(origin, model="")


def _reported(record: Any, further: Arguments) -> tuple[list[str], Arguments]:
    """The models by their names, and what was said of the inputs of all."""
    first, *_ = origins = _origins(record)
    _, named = _of_model("report", first or Origin(""), further)
    return [_spelled(origin.model) if origin else OBJECT for origin in origins], named


# Records of no model, of several, and of one that is none of the user's.
_OTHERS: dict[str, Callable[[Any], Iterable[str]]] = {
    "activations": lambda record: [_spelled(record.input_shape[1:])],
    "ceilings": lambda record: [],
    "comparison": _compared,
    "report": _compared,
    "check": lambda record: [_spelled(each.model) for each in record.checked[:1]],
    "published": lambda record: [_spelled(record.model)],
}
