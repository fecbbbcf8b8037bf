"""Times of layers by kind, by size, in their containers; and times that cannot be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.records.benchmark import Benchmark, ContainerTime, LayerTime
from netstat.records.times import Part, contradictions, families, fewest, largest_first, parts

LAYERS = (
    LayerTime("conv", 0, "conv2d", 4.0, family="convolution"),
    LayerTime("block.0.conv", 0, "conv2d", 1.0, family="convolution"),
    LayerTime("block.0.conv", 1, "conv2d", 2.0, family="convolution"),
    LayerTime("block.0", 0, "add", 0.5, family="elementwise"),
    LayerTime("head.list.0", 0, "linear", 1.5, family="fully connected"),
)
CONTAINERS = (
    ContainerTime("", 0, "Net", 10.0),
    ContainerTime("block", 0, "Sequential", 4.25),
    ContainerTime("block.0", 0, "Block", 2.0, 0.125),
    ContainerTime("block.0", 1, "Block", 2.0, 0.125),
)
TIMES = Benchmark(
    device="cpu", device_name="", batch=1, dtype="float32", threads=1, median_seconds=10.0, ci95_seconds=(10.0, 10.0),
    min_seconds=10.0, mean_seconds=10.0, mad_seconds=0.0, iqr_seconds=0.0, samples=(10.0,), reliable=True, warnings=(),
    layers=LAYERS, unattributed_seconds=1.0, examples_per_second=0.1, hooked_seconds=10.0, calibration_seconds=0.0,
    warmup_calls=1, containers=CONTAINERS,
)  # fmt: skip


def outline(siblings: tuple[Part, ...]) -> list[object]:
    return [
        (part.name, part.kind, part.time.median_seconds, *([outline(part.children)] if part.children else []))
        for part in siblings
    ]


def test_layers_stand_in_the_containers_that_were_called() -> None:
    assert outline(parts(TIMES)) == [
        ("conv", "conv2d", 4.0),
        (
            "block",
            "Sequential",
            4.25,
            [("0", "Block", 4.0, [("conv", "conv2d", 1.0), ("conv", "conv2d", 2.0), ("add", "add", 0.5)])],
        ),
        ("head.list.0", "linear", 1.5),
    ]


def test_a_tree_has_as_many_levels_as_were_asked_for() -> None:
    assert [part.children for part in parts(TIMES, 1)] == [(), (), ()]
    assert outline(parts(TIMES, 2))[1] == ("block", "Sequential", 4.25, [("0", "Block", 4.0)])


def test_siblings_are_sorted_by_time_where_asked() -> None:
    assert [part.name for part in parts(TIMES, by_time=True)] == ["block", "conv", "head.list.0"]


def test_without_containers_layers_stand_side_by_side() -> None:
    flat = parts(replace(TIMES, containers=()))
    assert [(part.name, part.time) for part in flat] == [(layer.path, layer) for layer in LAYERS]


def test_kinds_are_summed_and_the_most_comes_first() -> None:
    assert families(TIMES) == [("convolution", 7.0), ("fully connected", 1.5), ("elementwise", 0.5)]
    assert families(replace(TIMES, layers=(LayerTime("x", 0, "", 1.0),))) == [("other", 1.0)]


def test_so_few_layers_take_so_much_time() -> None:
    assert [(layer.median_seconds, so_far) for layer, so_far in largest_first(LAYERS)] == [
        (4.0, 4.0), (2.0, 6.0), (1.5, 7.5), (1.0, 8.5), (0.5, 9.0)
    ]  # fmt: skip
    assert [fewest(LAYERS, seconds) for seconds in (4.0, 4.5, 8.1, 9.0, 10.0)] == [1, 2, 4, 5, 5]
    assert fewest((), 1.0) == 0


@given(st.lists(st.floats(0.0, 1e3), min_size=1))
def test_the_last_sum_is_that_of_all_layers_whatever_they_take(seconds: list[float]) -> None:
    layers = [LayerTime(str(index), 0, "", value) for index, value in enumerate(seconds)]
    ordered = largest_first(layers)
    assert {layer.path for layer, _ in ordered} == {layer.path for layer in layers}
    assert ordered[-1][1] == pytest.approx(sum(seconds))
    assert [layer.median_seconds for layer, _ in ordered] == sorted(seconds, reverse=True)


def test_times_that_fit_contradict_nothing() -> None:
    assert contradictions(TIMES) == ()


@pytest.mark.parametrize(("seconds", "found"), [(2.74, ("block.0",)), (3.2, ()), (10.4, ()), (10.9, ("block.0",))])
def test_a_container_shorter_than_what_is_in_it_or_longer_than_the_whole_cannot_be(
    seconds: float, found: tuple[str, ...]
) -> None:
    changed = (
        CONTAINERS[0],
        ContainerTime("block", 0, "Sequential", 10.4),
        ContainerTime("block.0", 0, "B", seconds, 0.25),
    )
    assert contradictions(replace(TIMES, containers=changed)) == found
