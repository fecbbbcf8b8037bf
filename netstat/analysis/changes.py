"""What changed from one profile to another, row by row."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from netstat.records.comparison import ADDED, CHANGED, REMOVED, Change, Figures
from netstat.records.profile import Layer, Profile

Key = tuple[str, str, int]  # path, operator, call


def changes(before: Profile, after: Profile) -> tuple[Change, ...]:
    """The rows that are not the same on both sides, in order of execution.

    Rows belong together where path, operator and call are the same. Of params, macs and flops the changes add up to
    the difference of all rows. What was removed stands where it was.
    """
    old, new = _rows(before), _rows(after)
    pairs = ((key, old.get(key), new.get(key)) for key in _merged(old, new))
    return tuple(_change(*pair) for pair in pairs if pair[1] != pair[2])


def _rows(profile: Profile) -> dict[Key, Figures]:
    return {(row.path, row.op, row.call): _figures(row) for row in profile.layers}


def _figures(row: Layer) -> Figures:
    return Figures(
        params=row.params - row.repeated_params,
        trainable_params=row.trainable_params,
        macs=row.macs,
        flops=row.flops,
        bytes_read=row.bytes_read,
        bytes_written=row.bytes_written,
        input_shapes=row.input_shapes,
        output_shapes=row.output_shapes,
        complete=row.complete and row.count is not None,
    )


def _merged(old: Mapping[Key, Figures], new: Mapping[Key, Figures]) -> Iterator[Key]:
    """The keys of both: the new ones in their order, before each what stood before it and is gone."""
    gone: list[Key] = []
    before: dict[Key, list[Key]] = {}
    for key in old:
        if key in new:
            before[key], gone = gone, []
        else:
            gone.append(key)
    for key in new:
        yield from before.get(key, ())
        yield key
    yield from gone


def _change(key: Key, before: Figures | None, after: Figures | None) -> Change:
    kind = ADDED if before is None else REMOVED if after is None else CHANGED
    names = (field.name for field in fields(Figures)) if kind == CHANGED else ()
    differing = tuple(name for name in names if getattr(before, name) != getattr(after, name))
    return Change(kind, *key, before, after, differing)
