"""What Python users call, from the docstrings of `netstat` and of its results."""

import re
from collections.abc import Iterator

import netstat
from netstat.cli._arguments import COMMANDS
from netstat.records.base import Record
from netstat.records.reading import KINDS

CODE = re.compile(r"`([^`]+)`(s?)")


def page() -> str:
    """Functions, classes for formulas of one's own, and results."""
    names = [name for name in netstat.__all__ if name != "__version__"]
    functions = sorted((name for name in names if not isinstance(getattr(netstat, name), type)), key=_place)
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


def _place(name: str) -> int:
    """Commands stand as `netstat --help` has them, what is no command behind them."""
    return [*COMMANDS, name].index(name)


def _results() -> Iterator[str]:
    for kind in KINDS.values():
        yield _directive("autoclass", f"{kind.__module__}.{kind.__qualname__}", ":members:")


def _directive(name: str, thing: str, *options: str) -> str:
    lines = [f".. {name}:: {thing}", *(f"   {option}" for option in options)]
    return "\n".join(["```{eval-rst}", *lines, "```"])


def as_code(app: object, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """What stands in backticks in a docstring is code; a plural's s behind it is not."""
    lines[:] = [CODE.sub(lambda found: f"``{found[1]}``" + (r"\ s" if found[2] else ""), line) for line in lines]


def left_out(app: object, what: str, name: str, thing: object, skip: bool, options: object) -> bool | None:
    """What Python makes of a named tuple's fields, which its docstring has; None where that is for others to say."""
    return True if name == "__new__" or type(thing).__name__ == "_tuplegetter" else None
