"""What scripts of the page need besides the record: a model's tree in rows, and the roofs of its device."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from netstat.records.benchmark import firsts
from netstat.records.profile import Layer, Profile
from netstat.records.report import Reported
from netstat.records.roofline import Roofline
from netstat.records.tree import Branch, grow
from netstat.reports._chart_data import chart_data

_NAMED = ("path", "op", "module", "call", "jump", "center", "effective_padding")  # what is no figure, or no container's
_FIGURES = [field.name for field in fields(Layer) if field.name not in _NAMED]


def given(model: Reported) -> dict[str, Any]:
    """The part of one model: `rows`, `timed` and `roofline` as indices of the profile's, `roofs`, what is `drawn`."""
    profile, roofline = model.profile, _roofline(model.profile)
    return {
        "rows": rows(profile),
        "timed": profile.benchmarks.index(profile.timed) if profile.benchmarks and profile.timed else None,
        "roofline": profile.roofline.index(roofline) if profile.roofline and roofline else None,
        "roofs": _roofs(roofline) if roofline else None,
        "drawn": chart_data(profile, model.memory),
    }


def rows(profile: Profile) -> list[dict[str, Any]]:
    """The tree in order of execution, containers before what is in them; a call has the index of its layer."""
    places = {id(layer): i for i, layer in enumerate(profile.layers)}
    return list(_below(grow(profile, apart=True), -1, places, [0]))


def _below(
    branches: Iterable[Branch], parent: int, places: dict[int, int], made: list[int]
) -> Iterator[dict[str, Any]]:
    for branch in branches:
        here, made[0] = made[0], made[0] + 1
        yield {"parent": parent, "name": branch.name, **_content(branch, places), **_time(branch)}
        yield from _below(branch.children, here, places, made)


def _content(branch: Branch, places: dict[int, int]) -> dict[str, Any]:
    """Where the figures are; a container's own."""
    if not branch.container:
        return {"layer": places[id(branch.layer)]}
    figures = {name: getattr(branch.layer, name) for name in _FIGURES}
    return {"path": branch.layer.path, "module": branch.layer.module, "figures": figures}


def _time(branch: Branch) -> dict[str, Any]:
    return {"seconds": branch.time.median_seconds, "below": branch.time.below} if branch.time else {}


def _roofline(profile: Profile) -> Roofline | None:
    """That of the benchmark whose times the rows have."""
    pairs = zip(firsts(profile.benchmarks or ()), profile.roofline or (), strict=False)
    return next((roofline for benchmark, roofline in pairs if benchmark is profile.timed), None)


def _roofs(roofline: Roofline) -> dict[str, Any]:
    ceiling = roofline.ceiling
    levels = [{"name": name, "bytes_per_second": most} for name, most in ceiling.roofs]
    return {"flops_per_second": ceiling.flops_per_second, "levels": levels}
