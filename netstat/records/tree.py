"""A profile's rows by the modules they are in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from netstat.records.profile import Layer, Module, Profile
from netstat.records.view import enclosing, matches
from netstat.units import exact, plural

if TYPE_CHECKING:
    from netstat.records.benchmark import Benchmark, LayerTime


class Branch(NamedTuple):
    """A container, or a call of an operator, among its siblings.

    Attributes:
        name: what its container calls it; an operator in the container's own forward goes by the operator's name.
        layer: its figures. A container's are sums over all that is in it, each parameter once, from the input of the
            first call to the output of the last.
        container: whether it is one.
        children: what is in it, in order of execution.
        repeats: how many equal siblings it stands for, which all have these figures.
        last: the name of the last of them.
        time: its measured time, where there is one.
    """

    name: str
    layer: Layer
    container: bool = False
    children: "tuple[Branch, ...]" = ()
    repeats: int = 1
    last: str = ""
    time: "LayerTime | None" = None

    @property
    def kind(self) -> str:
        """The class of a container, the operator of a call."""
        return self.layer.module if self.container and self.layer.module else self.layer.op


def grow(
    profile: Profile, depth: int | None = None, filters: Sequence[str] = (), *, apart: bool = False
) -> tuple[Branch, ...]:
    """The branches of the model itself, `depth` levels of them; one pass over the rows.

    Args:
        profile: with modules, or from a file that has none: then what has a path below it is a container.
        depth: how many levels; None for all.
        filters: as `View` has them; a container stays for what is in it.
        apart: whether equal neighbours each have a branch.
    """
    return _Grower(profile, depth, filters, apart).branches()


class _Plot:
    """A container while its rows are collected."""

    def __init__(self, name: str, path: str) -> None:
        self.name, self.path = name, path
        self.inside: list[_Plot | tuple[int, Layer]] = []
        self.plots: dict[str, _Plot] = {}

    def below(self, names: Iterable[str]) -> "_Plot":
        """The container at the end of `names`, made where it is not there."""
        plot = self
        for name in names:
            if name not in plot.plots:
                plot.plots[name] = _Plot(name, f"{plot.path}.{name}".lstrip("."))
                plot.inside.append(plot.plots[name])
            plot = plot.plots[name]
        return plot


class _Grown(NamedTuple):
    """A finished branch.

    Attributes:
        branch: without what was filtered out.
        form: a number that equal branches share, whatever they are called.
        wanted: whether the filters leave anything of it.
        calls: how many operator calls are in it.
        end: number of the last of them in order of execution.
    """

    branch: Branch
    form: int
    wanted: bool
    calls: int
    end: int


class _Grower:
    def __init__(self, profile: Profile, depth: int | None, filters: Sequence[str], apart: bool) -> None:
        self.profile, self.depth, self.filters = profile, depth, filters
        self.together = _each if apart else _together
        self.modules: dict[str, Module | None] = {module.path: module for module in profile.modules}
        if not profile.modules:
            self.modules = dict.fromkeys(path for layer in profile.layers for path in enclosing(layer.path))
        timed = profile.timed
        self.times = {(time.path, time.op, time.call): time for time in timed.layers} if timed else {}
        self.of_modules = _of_modules(timed) if timed else {}
        self.forms: dict[tuple[Any, ...], int] = {}

    def branches(self) -> tuple[Branch, ...]:
        model = _Plot("", "")
        for i, layer in enumerate(self.profile.layers):
            home = layer.path if layer.path in self.modules else layer.path.rpartition(".")[0]
            model.below(home.split(".") if home else ()).inside.append((i, layer))
        return self.together(self._inside(model, 1))

    def _inside(self, plot: _Plot, level: int) -> list[_Grown]:
        return [
            self._container(item, level) if isinstance(item, _Plot) else self._call(*item, plot.path)
            for item in plot.inside
        ]

    def _call(self, index: int, layer: Layer, home: str) -> _Grown:
        own = layer.op if layer.path == home else layer.path.rpartition(".")[2]
        name = f"{own} #{exact(layer.call + 1)}" if layer.call else own
        time = self.times.get((layer.path, layer.op, layer.call))
        form = self._form(layer)
        return _Grown(Branch(name, layer, time=time), form, matches(layer, self.filters), 1, index)

    def _container(self, plot: _Plot, level: int) -> _Grown:
        parts = self._inside(plot, level + 1)
        layer = _sum(plot.path, parts, self.modules.get(plot.path))
        form = self._form(layer, *((part.branch.name, part.form) for part in parts if part.wanted))
        children = self.together(parts) if self.depth is None or level < self.depth else ()
        time = self.of_modules.get(plot.path) or _time(layer, parts)
        branch = Branch(plot.name, layer, True, children, time=time)
        wanted = any(part.wanted for part in parts)
        return _Grown(branch, form, wanted, sum(part.calls for part in parts), max(part.end for part in parts))

    def _form(self, layer: Layer, *inside: tuple[str, int]) -> int:
        key = (*(getattr(layer, name) for name in _FORM), *inside)
        return self.forms.setdefault(key, len(self.forms))


# Equal branches differ in their paths, in how often they were called before, and in what follows from their place.
_SEEN = ("receptive_field", "jump", "center", "effective_padding")
_FORM = tuple(field.name for field in fields(Layer) if field.name not in ("path", "call", *_SEEN))
_SUMS = ("macs", "flops", "multiplies", "adds", "divides", "compares", "specials", "bytes_read", "bytes_written")


def _sum(path: str, parts: Sequence[_Grown], module: Module | None) -> Layer:
    """The row of a container."""
    layers = [part.branch.layer for part in parts]
    last = max(parts, key=lambda part: part.end).branch.layer
    sums: dict[str, Any] = {name: sum(getattr(layer, name) for layer in layers) for name in _SUMS}
    moved, complete = sums["bytes_read"] + sums["bytes_written"], all(layer.complete for layer in layers)
    return Layer(
        path=path,
        op=plural(sum(part.calls for part in parts), "operator"),
        module=module.module if module else "",
        call=0,
        input_shapes=layers[0].input_shapes,
        output_shapes=last.output_shapes,
        count=_known(layer.count for layer in layers),
        arithmetic_intensity=sums["flops"] / moved if moved and complete else None,
        complete=complete,
        backward_macs=_known(layer.backward_macs for layer in layers),
        overlapping=any(layer.overlapping for layer in layers),
        **_params(layers, module),
        **{name: getattr(last, name) for name in _SEEN},
        **sums,
    )


def _params(layers: Iterable[Layer], module: Module | None) -> dict[str, Any]:
    """Each parameter once; where the profile does not say which those are, those of first calls."""
    names = ("params", "trainable_params", "repeated_params")
    if module:
        return {name: getattr(module, name) for name in names}
    firsts = [layer for layer in layers if not layer.call]
    return {name: sum(getattr(layer, name) for layer in firsts) for name in names}


def _known(counts: Iterable[int | None]) -> int | None:
    """The sum of what is known, None where nothing is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _of_modules(timed: "Benchmark") -> "dict[str, LayerTime]":
    """The time of each module that was timed with everything inside it, all its calls together."""
    from netstat.records.benchmark import ContainerTime, LayerTime

    together: dict[str, LayerTime] = {}
    units: list[LayerTime | ContainerTime] = [layer for layer in timed.layers if layer.covers]
    for call in [*units, *timed.containers]:
        before = together.get(call.path)
        seconds, below = (before.median_seconds, before.below) if before else (0.0, 0.0)
        together[call.path] = LayerTime(call.path, 0, "", seconds + call.median_seconds, below + call.below)
    return together


def _time(layer: Layer, parts: Sequence[_Grown]) -> "LayerTime | None":
    times = [part.branch.time for part in parts if part.branch.time]
    if not times:
        return None
    seconds, below = sum(time.median_seconds for time in times), sum(time.below for time in times)
    return type(times[0])(layer.path, 0, layer.op, seconds, below)


def _each(siblings: Iterable[_Grown]) -> tuple[Branch, ...]:
    """The branches that are wanted, one by one."""
    return tuple(part.branch for part in siblings if part.wanted)


def _together(siblings: Iterable[_Grown]) -> tuple[Branch, ...]:
    """The branches that are wanted, equal neighbours as one; what is left out between them keeps them apart."""
    return tuple(_runs(siblings))


def _runs(siblings: Iterable[_Grown]) -> Iterator[Branch]:
    for (wanted, _), run in groupby(siblings, key=lambda part: (part.wanted, part.form)):
        first, *others = (part.branch for part in run)
        if wanted:
            yield first._replace(repeats=1 + len(others), last=others[-1].name) if others else first
