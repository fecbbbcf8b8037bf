"""What changed from one profile to another, row by row."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat
from netstat.analysis.changes import changes
from netstat.analysis.compare import compare
from netstat.analysis.increases import increases
from netstat.records.check import OVER, UNKNOWN, WITHIN
from netstat.records.comparison import ADDED, REMOVED, Change
from netstat.records.profile import Layer, Profile
from tests.reports.samples import ALEXNET_PROFILE, HOSTILE_PROFILE, layer, profile_of

PATHS = ["stem", "block.0", "block.1", "head"]
SUMS = ("params", "macs", "flops")


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """A few rows under few paths, so that two of these have much in common."""
    key = st.tuples(st.sampled_from(PATHS), st.sampled_from(["conv2d", "relu"]))
    small, found = st.integers(0, 2), draw(st.lists(key, unique=True, max_size=6))
    return profile_of("drawn", tuple(layer(path, op, "M", (4,), *(draw(small) for _ in SUMS)) for path, op in found))


def amount(change: Change, figure: str) -> int:
    return getattr(change.after, figure, 0) - getattr(change.before, figure, 0)


def keys(rows: tuple[Layer | Change, ...]) -> list[tuple[str, str, int]]:
    return [(row.path, row.op, row.call) for row in rows]


@given(profiles())
def test_nothing_changed_from_a_profile_to_itself(profile: Profile) -> None:
    comparison = compare([profile, profile])
    assert (comparison.changes, comparison.unchanged, comparison.differs) == ((), len(profile.layers), False)


@given(profiles(), profiles())
def test_changes_add_up_to_the_difference_of_the_totals(one: Profile, other: Profile) -> None:
    for figure in SUMS:
        difference = getattr(other.totals, figure) - getattr(one.totals, figure)
        assert sum(amount(change, figure) for change in changes(one, other)) == difference


@given(profiles(), profiles())
def test_the_way_back_undoes_every_change(one: Profile, other: Profile) -> None:
    there, back = changes(one, other), changes(other, one)
    assert {(*key, c.before, c.after) for key, c in zip(keys(there), there, strict=True)} == {
        (*key, c.after, c.before) for key, c in zip(keys(back), back, strict=True)
    }


@given(profiles(), profiles())
def test_every_row_of_either_is_changed_or_the_same(one: Profile, other: Profile) -> None:
    comparison = compare([one, other])
    found = comparison.changes or ()
    kinds = [change.change for change in found]
    assert comparison.unchanged == len(other.layers) - len(found) + kinds.count(REMOVED)
    assert comparison.unchanged == len(one.layers) - len(found) + kinds.count(ADDED)
    in_order = [key for key in keys(other.layers) if key in keys(found)]
    assert [key for key in keys(found) if key in keys(other.layers)] == in_order


def test_what_was_removed_stands_where_it_was() -> None:
    rows = ALEXNET_PROFILE.layers
    shorter = profile_of("shorter", (*rows[:3], *rows[5:]))
    assert keys(changes(ALEXNET_PROFILE, shorter)) == keys(rows[3:5])
    assert [change.change for change in changes(shorter, ALEXNET_PROFILE)] == [ADDED, ADDED]


def test_a_row_says_what_of_it_differs() -> None:
    wider = replace(ALEXNET_PROFILE.layers[0], macs=1, output_shapes=((1, 96, 55, 55),))
    (change,) = changes(ALEXNET_PROFILE, profile_of("wider", (wider, *ALEXNET_PROFILE.layers[1:])))
    assert (change.path, change.differing) == ("features.0", ("macs", "output_shapes"))


def test_another_operator_at_a_path_is_removed_and_added() -> None:
    first, relu, *rest = ALEXNET_PROFILE.layers
    found = changes(ALEXNET_PROFILE, profile_of("other", (first, replace(relu, op="gelu"), *rest)))
    assert sorted((change.change, change.op) for change in found) == [(ADDED, "gelu"), (REMOVED, "relu")]


def test_a_shared_parameter_counts_where_it_is_read_first() -> None:
    first = ALEXNET_PROFILE.layers[0]
    again = replace(first, call=1, repeated_params=first.params)
    (change,) = changes(profile_of("once", (first,)), profile_of("twice", (first, again)))
    assert (change.call, change.after and change.after.params) == (1, 0)


def test_real_models_differ_by_the_sum_of_their_changes() -> None:
    one, other = netstat.profile("vgg11"), netstat.profile("vgg11_bn")
    found = changes(one, other)
    assert len(found) > 20
    for figure in (*SUMS, "bytes_read", "bytes_written"):
        difference = getattr(other.totals, figure) - getattr(one.totals, figure)
        assert sum(amount(change, figure) for change in found) == difference


def test_sides_that_were_not_looked_at_alike_are_named() -> None:
    one = netstat.profile("lenet")
    other = replace(netstat.profile("lenet", batch=2, convention="thop"), training=True)
    assert netstat.compare(one, other).remarks == (
        "inputs differ: 1×1×28×28 float32 and 2×1×28×28 float32",
        "conventions differ: documents and thop",
        "passes differ: evaluation and training",
    )
    assert netstat.compare(one, one).remarks == ()


def test_lower_bounds_differ_by_nothing_known_unless_what_has_no_formula_is_the_same() -> None:
    assert netstat.compare(HOSTILE_PROFILE, HOSTILE_PROFILE).settled
    longer = (*HOSTILE_PROFILE.layers, ALEXNET_PROFILE.layers[0])
    added = profile_of("more", longer, uncounted=HOSTILE_PROFILE.uncounted)
    assert netstat.compare(HOSTILE_PROFILE, added).settled
    assert not netstat.compare(ALEXNET_PROFILE, HOSTILE_PROFILE).settled


@pytest.mark.parametrize(("share", "said"), [(0.0, OVER), (0.0142, OVER), (0.0144, WITHIN)])
def test_an_increase_is_held_to_its_share_of_the_first(share: float, said: str) -> None:
    (found,) = increases(netstat.compare("alexnet", "alexnet-bvlc"), {"macs": share})  # 1.4308 % more
    assert (found.verdict, found.found) == (said, "+10,218,336 (+1.43 %)")


def test_a_decrease_is_always_allowed_and_what_nobody_knows_is_not() -> None:
    (fewer,) = increases(netstat.compare("alexnet-bvlc", "alexnet"), {"macs": 0.0})
    (unknown,) = increases(netstat.compare(ALEXNET_PROFILE, HOSTILE_PROFILE), {"macs": 10.0})
    (untimed,) = increases(netstat.compare("alexnet", "alexnet"), {"latency": 1.0})
    assert (fewer.verdict, unknown.verdict, untimed.verdict) == (WITHIN, UNKNOWN, UNKNOWN)
