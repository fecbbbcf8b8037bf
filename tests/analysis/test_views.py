"""S16 and the views of sections 6 and 8: what an image costs in crops, flipped and turned, and whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat import profile, views
from netstat.analysis.views import scales, slides
from netstat.errors import ShapeError, UsageError
from netstat.models import MODELS
from netstat.records.views import Evaluation, Views

NAMES = [name for name in MODELS.names() if not MODELS[name].needs_torch]


def by_name(record: Views, name: str) -> Evaluation:
    return next(each for each in (*record.crops, *(record.dense or ())) if each.name == name)


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        ("one crop", 1),
        ("mirrored", 2),
        ("flipped along both axes", 4),
        ("turned by 0°, 90°, 180°, 270°", 4),
        ("all flips and turns", 8),
        ("ten crops", 10),
        ("fifty crops", 50),
        ("every crop, mirrored", 2178),
    ],
)
def test_c_views_cost_as_much_as_a_batch_of_them(name: str, passes: int) -> None:
    found, batch = by_name(views("alexnet"), name), profile("alexnet", batch=passes)
    assert (found.passes, found.macs, found.flops) == (passes, batch.totals.macs, batch.totals.flops)


def test_c_the_ten_crop_test_is_ten_forward_passes() -> None:
    record = views("alexnet-paper")
    assert by_name(record, "ten crops").macs == 10 * 1_135_256_096
    assert record.times(by_name(record, "ten crops"), "one crop") == 10


def test_c_crops_of_256_are_2178_and_2048_leaves_out_an_end() -> None:
    record = views("vgg16")
    assert record.resized == (256, 256)
    assert record.positions == (33, 33)
    every = {(top, left, mirrored) for top in range(256 - 224 + 1) for left in range(33) for mirrored in (0, 1)}
    assert by_name(record, "every crop, mirrored").passes == len(every) == 2178
    assert 32 * 32 * 2 == 2048
    assert "33·33·2 = 2,178 of 256×256, both ends counted; 32·32·2 = 2,048 leaves out one end" in str(record)


def test_an_image_no_larger_than_a_crop_has_one_position_and_no_end_to_leave_out() -> None:
    text = str(views("lenet", sizes=[28]))
    assert "1·1·2 = 2 of 28×28, both ends counted" in text
    assert "leaves out" not in text


def test_s16_dense_evaluation_of_vgg_at_its_papers_scales() -> None:
    record = views("vgg16")
    assert record.dense is not None
    *whole, together = record.dense
    assert [(each.inputs[0][1], each.score_map) for each in whole] == [
        (224, (1, 1)), (256, (2, 2)), (384, (6, 6)), (512, (10, 10)),
    ]  # fmt: skip
    assert whole[0].macs == by_name(record, "one crop").macs == 15_470_264_320
    for each in whole:
        p = profile("vgg16", each.inputs[0], fully_convolutional=True)
        assert (each.macs, each.flops) == (p.totals.macs, p.totals.flops)
        assert each.cropped_macs == profile("vgg16", batch=each.score_map[0] * each.score_map[1]).totals.macs
    assert (together.passes, together.macs) == (6, 2 * sum(each.macs for each in whole[1:]))


@pytest.mark.parametrize("name", NAMES)
def test_s16_a_whole_image_costs_less_than_a_crop_for_each_of_several_scores(name: str) -> None:
    record = views(name)
    first, *larger = [each for each in record.dense or () if each.cropped_macs is not None]
    assert first.macs == first.cropped_macs
    assert len(larger) == 3
    for each in larger:  # 256 pixels give networks of 227 one score still, for more work
        assert (each.macs < (each.cropped_macs or 0)) is (each.score_map != (1, 1))


def test_whole_images_may_be_oblong_and_views_turned_then_cost_what_they_cost() -> None:
    record = views("vgg16", sizes=[(256, 320), 384])
    assert record.positions == (33, 97)
    assert [each.score_map for each in record.dense or ()] == [(1, 1), (2, 4), (6, 6), ()]


@given(st.integers(7, 2000), st.integers(7, 2000))
def test_images_to_be_scored_whole_are_no_smaller_than_a_crop(height: int, width: int) -> None:
    for sides in scales((height, width)):
        assert sides[0] >= height
        assert sides[1] >= width


@pytest.mark.parametrize(("side", "wanted"), [(224, [256, 384, 512]), (227, [256, 384, 512]), (28, [32, 48, 64])])
def test_images_are_256_384_and_512_for_a_network_of_224(side: int, wanted: list[int]) -> None:
    assert scales((side, side)) == [(size, size) for size in wanted]


@pytest.mark.parametrize("name", NAMES)
def test_every_built_in_model_is_padded_so_that_no_score_is_that_of_a_crop(name: str) -> None:
    assert not views(name).slides


def test_what_slides_is_told_from_the_graph() -> None:
    from netstat.frontends.builder import build_graph
    from netstat.graph import TensorSpec
    from netstat.models.layers import adaptive_avg_pool2d, conv2d, max_pool2d, relu, zero_pad2d
    from netstat.models.spec import Layer, sequential

    def alone(*layers: Layer) -> bool:
        return slides(build_graph("", sequential(conv2d(3, 4, 3), *layers), TensorSpec((1, 3, 32, 32))))

    assert alone(relu(), max_pool2d(2, 2), conv2d(4, 4, 1))
    assert not alone(conv2d(4, 4, 3, padding=1))
    assert not alone(zero_pad2d(1))
    assert not alone(adaptive_avg_pool2d(5))


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ([100], "an image of 100×100 is smaller than a crop, 224×224"),
        ([(256, 100)], "an image of 256×100 is smaller than a crop"),
        ([(3, 256, 256)], "an image has a height and a width, such as 384x512; got 3x256x256"),
        ([0], "needs positive whole sizes"),
        ([], "name at least one size"),
    ],
)
def test_sizes_that_cannot_be_are_refused(sizes: list[int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        views("vgg16", sizes=sizes)


def test_an_input_that_is_no_image_is_refused() -> None:
    with pytest.raises(ShapeError, match="needs 3 sizes besides the batch"):
        views("vgg16", (3, 224))


@pytest.mark.torch
class TestOnModules:
    def test_a_model_without_the_form_has_views_and_a_line_that_says_why(self) -> None:
        from torch import nn

        record = views(nn.Conv2d(3, 4, 3), (3, 32, 48))
        assert record.dense is None
        assert "no linear layer stands behind a flatten" in record.not_dense
        assert record.not_dense in str(record)
        assert by_name(record, "all flips and turns").inputs == ((3, 32, 48), (3, 48, 32))

    def test_one_that_takes_no_turned_image_is_not_turned(self) -> None:
        from torch import nn

        oblong = nn.Sequential(nn.Conv2d(3, 4, 3, padding=(0, 1)), nn.Flatten(), nn.Linear(4 * 30 * 48, 2))
        assert [each.name for each in views(oblong, (3, 32, 48)).crops] == [
            "one crop", "mirrored", "flipped along both axes", "ten crops", "fifty crops", "every crop, mirrored",
        ]  # fmt: skip

    def test_without_padding_a_score_is_that_of_a_crop(self) -> None:
        from torch import nn

        bare = nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 15 * 15, 2))
        record = views(bare, (3, 32, 32))
        assert record.slides
        assert record.field == (32, 32)
        assert "is what the model says of a crop of 32×32, exactly" in str(record)

    def test_two_inputs_are_no_image(self) -> None:
        from torch import nn

        with pytest.raises(UsageError, match="views are of an image"):
            views(nn.Bilinear(4, 4, 2), [(4,), (4,)])  # type: ignore[arg-type]
