"""Named things: operators, models, peers, devices, reports, charts, conventions.

A registry lists names without importing what they stand for, so that the command line can offer choices at no cost.
A package-backed registry holds one module per name: adding a file adds the thing.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, Generic, Protocol, TypeVar

from netstat.errors import UsageError

T = TypeVar("T")


class Registry(Generic[T]):
    """Things of one kind by name.

    Args:
        kind: the noun for error messages ("model").
        package: where one module per name lives, a dash in a name being an underscore in the module's; each registers
            itself under its own name when imported.
        modules: modules that register further things; imported once somebody asks for all names, or for one that is
            not there yet.
        entry_points: group of entry points under which installed packages name modules of theirs that do.
    """

    def __init__(
        self, kind: str, package: str | None = None, modules: tuple[str, ...] = (), entry_points: str = ""
    ) -> None:
        self.kind = kind
        self._package = package
        self._modules = modules
        self._entry_points = entry_points
        self._things: dict[str, T] = {}
        self.changes = 0  # how often something was added: what is worked out from a registry holds as long as this does

    def add(self, name: str) -> Callable[[T], T]:
        """Decorator: register under `name`.

        A second thing of a name is a bug, unless it is the first one anew: its file was run again.
        """

        def register(thing: T) -> T:
            if name in self._things and _place_of(self._things[name]) != _place_of(thing):
                raise ValueError(f"{self.kind} '{name}' is registered twice")
            self._things[name] = thing
            self.changes += 1
            return thing

        return register

    def names(self) -> list[str]:
        """Every name; a package's, importing nothing."""
        self._import_modules()
        return self._module_names() if self._package else list(self._things)

    def __getitem__(self, name: str) -> T:
        if self._package and name not in self._things and name in self._module_names():
            import_module(f"{self._package}.{name.replace('-', '_')}")
        if name not in self._things:
            self._import_modules()
        try:
            return self._things[name]
        except KeyError:
            raise UsageError(unknown(self.kind, name, self.names())) from None

    def __contains__(self, name: object) -> bool:
        if name not in self._things:
            self._import_modules()
        return name in self._things or name in self._module_names()

    def __iter__(self) -> Iterator[T]:
        return (self[name] for name in self.names())

    def _import_modules(self) -> None:
        modules, self._modules = self._modules, ()
        for module in modules:
            import_module(module)
        group, self._entry_points = self._entry_points, ""
        if group:
            self._import_entry_points(group)

    def _import_entry_points(self, group: str) -> None:
        from importlib.metadata import entry_points

        for entry in entry_points(group=group):
            try:
                entry.load()
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                raise UsageError(
                    f"the {self.kind}s of '{entry.value}' cannot be loaded ({reason}); mend or uninstall that package"
                ) from error

    def _module_names(self) -> list[str]:
        if self._package is None:
            return []
        folder = next(iter(import_module(self._package).__path__))
        files = sorted(os.listdir(folder))  # noqa: PTH208  pathlib takes a third of a bare Python's start
        return [file[:-3].replace("_", "-") for file in files if file.endswith(".py") and not file.startswith("_")]


def _place_of(thing: object) -> tuple[object, ...]:
    """Module and name of a class or function of a file; nothing else is anywhere but where it is."""
    name = getattr(thing, "__qualname__", None)
    return (thing.__module__, name) if name and "<locals>" not in name else (id(thing),)


def unknown(kind: str, name: str, known: Iterable[str], otherwise: str = "") -> str:
    """The one line said of a name that is not there: the nearest names, else `otherwise`, else all of them."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    near = get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else otherwise or f"there is {', '.join(names)}"
    return f"unknown {kind} '{name}'; {hint}"


class Report(Protocol):
    """One output format: a view of a record, which it turns into the bytes of a file.

    Attributes:
        mark: bytes that stand near the beginning of every file of this format that netstat wrote.
    """

    mark: bytes

    def render(self, record: Any, view: Any = None) -> bytes:
        """The record in this format; where a profile's rows are shown, as `view` says (`netstat.records.view.View`)."""
        ...


REPORTS: Registry[Report] = Registry("report format", "netstat.reports")
FRAMES: Registry[Callable[[Any], Any]] = Registry("data frame", "netstat.reports.frames")


class Chart(Protocol):
    """One way to draw records of some kinds, on one Axes of matplotlib's."""

    @property
    def name(self) -> str:
        """What `Record.plot` calls it."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of records that may have it."""
        ...

    @property
    def title(self) -> str:
        """What it shows."""
        ...

    @property
    def reading(self) -> str:
        """How to read it."""
        ...

    def pictures(self, record: Any) -> dict[str, Any]:
        """What can be drawn of a record, by name: each draws itself by `plot(ax)`."""
        ...


CHARTS: Registry[Chart] = Registry("chart", modules=("netstat.reports.charts",))
