"""Results side by side."""

from collections.abc import Iterator, Sequence

from netstat.analysis.changes import changes
from netstat.analysis.time_changes import time_changes
from netstat.records.benchmark import Benchmarks
from netstat.records.comparison import Compared, Comparison
from netstat.records.profile import Profile
from netstat.units import shape

Result = Profile | Benchmarks


def compare(results: Sequence[Result]) -> Comparison:
    """One column of figures per profile, ratios to the first; of two also what changed; times that both have."""
    profiles = [result for result in results if isinstance(result, Profile)]
    changed = changes(*profiles) if len(profiles) == len(results) == 2 else None
    times = tuple(change for result in results[1:] for change in time_changes(results[0], result))
    both = len(results) > 1 and all(result.benchmarks for result in results)
    return Comparison(
        models=tuple(_compared(profile, profiles[0]) for profile in profiles),
        unchanged=None if changed is None else len(profiles[1].layers) - sum(bool(change.after) for change in changed),
        changes=changed,
        times=times if times or both else None,
        remarks=tuple(_remarks(results, profiles, times)),
    )


def _compared(profile: Profile, first: Profile) -> Compared:
    return Compared(
        model=profile.model,
        inputs=tuple(input.shape for input in profile.inputs),
        complete=profile.complete,
        layers=len(profile.layers),
        weighted_layers=len({layer.path for layer in profile.layers if layer.macs and layer.params}),
        totals=profile.totals,
        groups=profile.groups,
        params_ratio=_ratio(profile.totals.params, first.totals.params),
        macs_ratio=_ratio(profile.totals.macs, first.totals.macs),
        receptive_field=next(filter(None, (layer.receptive_field for layer in reversed(profile.layers))), None),
        nonlinearities=sum(group.layers for group in profile.groups if group.name == "activation"),
        origin=profile.origin,
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _remarks(results: Sequence[Result], profiles: Sequence[Profile], times: Sequence[object]) -> Iterator[str]:
    """In what the sides were not looked at alike."""
    ways = {
        "inputs": [", ".join(f"{shape(each.shape)} {each.dtype}" for each in profile.inputs) for profile in profiles],
        "conventions": [profile.convention for profile in profiles],
        "passes": ["training" if profile.training else "evaluation" for profile in profiles],
        "ways with pruned weights": ["left out" if profile.sparse else "counted" for profile in profiles],
    }
    for what, found in ways.items():
        if len(set(found)) > 1:
            yield f"{what} differ: {' and '.join(dict.fromkeys(found))}"
    if any(isinstance(result, Benchmarks) and result.training for result in results):
        yield "training steps are not compared, only forward passes"
    if len(profiles) not in (0, len(results)):
        yield "counts are compared of profiles alone: a benchmark has none"
    if not times and len(results) > 1 and all(result.benchmarks for result in results):
        yield "no way to run was timed on both sides: device, batch, dtype, threads and mode have to be the same"
    names = [profile.model for profile in profiles if not profile.complete]
    if names:
        yield f"operators without a formula in {', '.join(dict.fromkeys(names))}: what they cost nobody knows"
