"""Profiles side by side."""

from collections.abc import Sequence

from netstat.records.comparison import Compared, Comparison
from netstat.records.profile import Profile


def compare(profiles: Sequence[Profile]) -> Comparison:
    """One column of figures per profile; ratios are to the first."""
    return Comparison(tuple(_compared(profile, profiles[0]) for profile in profiles))


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
