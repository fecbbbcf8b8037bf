"""Scaling says at every size what a profile and the prediction of memory say there, and how layers grow."""

from pathlib import Path

import pytest

import netstat
from netstat.analysis.scaling import growth_text
from netstat.api.subjects import subject_of
from netstat.errors import UsageError
from netstat.records import load


@pytest.mark.parametrize("name", ["alexnet", "vgg16_bn"])
def test_every_point_is_the_profile_and_the_predicted_memory_there(name: str) -> None:
    found = netstat.scaling(name, sizes=[65, 224, (96, 130)], batches=[1, 3])
    assert [point.shapes for point in found.points] == [
        ((batch, 3, *size),) for batch in (1, 3) for size in ((65, 65), (224, 224), (96, 130))
    ]
    for point in found.points:
        ((batch, *shape),) = point.shapes
        totals = netstat.profile(name, tuple(shape), batch=batch).totals
        for figure in ("params", "macs", "flops", "activation_bytes"):
            assert getattr(point, figure) == getattr(totals, figure)
        predicted = netstat.memory(name, tuple(shape), batch=batch, training=False)
        assert point.inference_peak_bytes == predicted.inference_peak_bytes


def test_a_graph_filled_with_numbers_is_the_one_that_is_built_there() -> None:
    from netstat.analysis.replay import Sample, replay
    from netstat.analysis.scaling import graph_at

    sizes = ({"N": 1, "H": 224, "W": 224}, {"N": 2, "H": 288, "W": 384}, {"N": 3, "H": 261, "W": 299})
    samples = [Sample(each, subject_of("vgg11_bn", (3, each["H"], each["W"]), each["N"]).graph) for each in sizes]
    made = graph_at(replay(samples, (("N", 3, "H", "W"),)), {"N": 5, "H": 77, "W": 93})
    built = subject_of("vgg11_bn", (3, 77, 93), 5).graph
    assert made.nodes == built.nodes
    assert made.inputs == built.inputs


def test_layers_grow_as_their_formulas_say_and_shares_add_up() -> None:
    found = netstat.scaling("alexnet")
    growths = {layer.path: layer.growth for layer in found.layers}
    assert growths["features.0"] == growths["avgpool"] == "∝ HW"
    assert growths["classifier.1"] == "constant"
    assert found.growths == ("constant", "∝ HW")
    for place, point in enumerate(found.of_batch(1)):
        assert sum(layer.flops[place] for layer in found.layers) == point.flops
        parts = [found.share(growth, place) for growth in found.growths]
        assert sum(part for part, _ in parts) == parts[0][1] == point.flops


def test_sizes_go_from_half_to_four_times_the_native_one_as_far_as_the_formulas_hold() -> None:
    assert [point.sizes["H"] for point in netstat.scaling("vgg11").of_batch(1)] == [112, 168, 224, 336, 448, 672, 896]
    assert [point.sizes["H"] for point in netstat.scaling("vgg11", (3, 40, 40)).of_batch(8)] == [40, 60, 80, 120, 160]
    assert len(netstat.scaling("lenet", letters="N", batches=[1, 2, 3]).points) == 3


@pytest.mark.parametrize(
    ("degree", "letters", "words"),
    [
        (0, "HW", "constant"),
        (1, "HW", "∝ size"),
        (2, "HW", "∝ HW"),
        (3, "HW", "∝ size³"),
        (4, "HW", "∝ (HW)²"),
        (1, "T", "∝ T"),
        (2, "T", "∝ T²"),
        (0, "", "constant"),
    ],
)
def test_growth_in_words(degree: int, letters: str, words: str) -> None:
    assert growth_text(degree, list(letters)) == words


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="vgg11 has formulas for H ≥ 32, not for H = 31"):
        netstat.scaling("vgg11", sizes=[31])
    with pytest.raises(UsageError, match="H and W; 1×2×3 are 3 sizes"):
        netstat.scaling("vgg11", sizes=[(1, 2, 3)])
    with pytest.raises(UsageError, match="no size to look at"):
        netstat.scaling("vgg11", sizes=[])
    with pytest.raises(UsageError, match="batch must be a positive whole number, got 0"):
        netstat.scaling("vgg11", batches=[0])


def test_a_saved_scaling_is_loaded_as_it_was(tmp_path: Path) -> None:
    found = netstat.scaling("alexnet", sizes=[100], batches=[2])
    found.save(tmp_path / "s.json")
    assert load(str(tmp_path / "s.json")) == found
