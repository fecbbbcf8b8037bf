"""What Python users call, from the docstrings of `netstat` and of its results."""

from collections.abc import Iterator

import netstat
from netstat.records.base import Record
from netstat.records.reading import KINDS


def page() -> str:
    """Functions, classes for formulas of one's own, and results."""
    names = [name for name in netstat.__all__ if name != "__version__"]
    functions = [name for name in names if not isinstance(getattr(netstat, name), type)]
    classes = [name for name in names if name not in functions]
    parts = [
        "## Functions",
        *(_directive("autofunction", f"netstat.{name}") for name in functions),
        "## Formulas of your own",
        *(_directive("autoclass", f"netstat.{name}", ":members:") for name in classes),
        "## Results",
        "Every result can do what `Record` can. Their fields, with types, are those of the [JSON](schema.md).",
        _directive("autoclass", f"{Record.__module__}.Record", ":members:"),
        *_results(),
    ]
    return "\n\n".join(parts)


def _results() -> Iterator[str]:
    for kind in KINDS.values():
        yield _directive("autoclass", f"{kind.__module__}.{kind.__qualname__}", ":members:")


def _directive(name: str, thing: str, *options: str) -> str:
    lines = [f".. {name}:: {thing}", *(f"   {option}" for option in options)]
    return "\n".join(["```{eval-rst}", *lines, "```"])
