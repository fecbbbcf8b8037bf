"""Which parameters of a model are trained: patterns, and what they choose in its graph. Imports no torch."""

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from netstat.errors import UsageError
from netstat.graph import Graph, Param
from netstat.ops.dtypes import is_inexact
from netstat.records.view import enclosing
from netstat.registry import unknown

MOST_NAMED = 8  # modules in a line that offers them
Patterns = str | Sequence[str]
_Names = dict[Param, list[str]]


class Selection(NamedTuple):
    """Which parameters are trained; without any pattern those that the model itself trains.

    A pattern is a glob, of upper and lower case: over names of parameters ("*.bias"), paths of modules and classes of
    modules ("BatchNorm2d"); a module means everything below it.

    Attributes:
        freeze: what is not trained.
        train_only: what alone is trained, also where the model came with it frozen; `freeze` takes away from that.
    """

    freeze: tuple[str, ...] = ()
    train_only: tuple[str, ...] = ()

    def check_idle(self) -> None:
        """Refuse patterns, because nothing will be trained.

        Raises:
            UsageError: there are some.
        """
        if any(self):
            raise UsageError("freeze and train-only choose what a training step trains; ask for one, or leave them out")

    def check_trains(self, graph: Graph) -> None:
        """Refuse patterns that left nothing to train.

        Args:
            graph: what they made of the model's.

        Raises:
            UsageError: it is so.
        """
        if any(self) and not any(param.trainable for param in graph.params):
            raise UsageError("nothing is left to train: every parameter is frozen; freeze less, or name what trains")


AS_IT_IS = Selection()
EVERYTHING = Selection(train_only=("*",))


def selection(freeze: Patterns = (), train_only: Patterns = ()) -> Selection:
    """The selection of one pattern or several each.

    Raises:
        UsageError: one is no text.
    """
    return Selection(_several(freeze, "freeze"), _several(train_only, "train_only"))


def _several(patterns: Patterns, option: str) -> tuple[str, ...]:
    found = (patterns,) if isinstance(patterns, str) else patterns
    if not isinstance(found, Sequence) or not all(isinstance(pattern, str) for pattern in found):
        raise UsageError(f"{option} takes patterns such as 'features.*' or '*.bias', got {patterns!r}")
    return tuple(found)


def chosen(graph: Graph, selection: Selection) -> Graph:
    """The graph with its parameters trainable as selected. Whole numbers never are: they have no gradient.

    Raises:
        UsageError: a pattern matches nothing; offers what is near.
    """
    names = _names(graph)
    trained = {_tensor(param) for param in graph.params if param.trainable}
    if selection.train_only:
        floating = {_tensor(param) for param in names if is_inexact(param.spec.dtype)}
        trained = floating & _matched(graph, names, selection.train_only)
    trained -= _matched(graph, names, selection.freeze)
    params = (param._replace(trainable=param in names and _tensor(param) in trained) for param in graph.params)
    return replace(graph, params=tuple(params))


def _tensor(param: Param) -> str:
    """The first name of the tensor that a parameter is."""
    return param.shared_with or param.name


def _names(graph: Graph) -> _Names:
    """By what each parameter is known: its name, the paths of the modules around it, and their classes."""
    classes, first = graph.classes, dict(graph.aliases)
    found: _Names = {}
    for param in graph.params:
        if not param.buffer:
            paths = enclosing(param.name)
            kinds = (classes.get(first.get(path, path), "") for path in ("", *paths))
            found[param] = [param.name, *paths, *filter(None, kinds)]
    return found


def _matched(graph: Graph, names: _Names, patterns: Sequence[str]) -> set[str]:
    """The tensors that any of the patterns matches by any of their names."""
    found: set[str] = set()
    for pattern in patterns:
        matched = {_tensor(param) for param, known in names.items() if any(fnmatchcase(n, pattern) for n in known)}
        if not matched:
            raise UsageError(_nothing(graph, names, pattern))
        found |= matched
    return found


def _nothing(graph: Graph, names: _Names, pattern: str) -> str:
    """The line said of a pattern that matches nothing."""
    if not names:
        return f"'{graph.model}' has no parameters to train or to freeze"
    places = list(dict.fromkeys(param.name.rpartition(".")[0] or param.name for param in names))
    more = f" and {len(places) - MOST_NAMED:,} more" if len(places) > MOST_NAMED else ""
    there = f"parameters are in {', '.join(places[:MOST_NAMED])}{more}"
    for module in graph.modules if pattern else ():
        if fnmatchcase(module.path, pattern) or fnmatchcase(module.kind, pattern):
            return f"'{pattern}' has no parameters (it is {module.kind}); {there}"
    return unknown("module or parameter", pattern, (name for known in names.values() for name in known), there)
