"""The figures of the literature and of the documents the models come from, for every variant."""

import pytest

from netstat import profile
from netstat.records import Profile

FIGURES = {
    "lenet": (61_706, 416_520),
    "alexnet": (61_100_840, 714_188_480),
    "alexnet-paper": (62_378_344, 1_135_256_096),
    "alexnet-bvlc": (60_965_224, 724_406_816),
    "alexnet-d2l": (46_764_746, 938_146_176),
    "vgg11": (132_863_336, 7_609_090_048),
    "vgg13": (133_047_848, 11_308_466_176),
    "vgg16": (138_357_544, 15_470_264_320),
    "vgg19": (143_667_240, 19_632_062_464),
    "vgg11_bn": (132_868_840, 7_609_090_048),
    "vgg13_bn": (133_053_736, 11_308_466_176),
    "vgg16_bn": (138_365_992, 15_470_264_320),
    "vgg19_bn": (143_678_248, 19_632_062_464),
}
CONVOLUTION_SHARES = {  # percent of params, percent of MACs
    "alexnet": (4.04, 91.79),
    "alexnet-paper": (6.01, 94.84),
    "alexnet-bvlc": (3.83, 91.91),
}
CONVOLUTION_MACS = {"alexnet": 655_566_528, "alexnet-paper": 1_076_634_144, "alexnet-bvlc": 665_784_864}


@pytest.mark.parametrize(("name", "figures"), FIGURES.items())
def test_params_and_macs_are_those_of_the_literature(name: str, figures: tuple[int, int]) -> None:
    totals = profile(name).totals
    assert (totals.params, totals.macs) == figures


@pytest.mark.parametrize(("name", "shares"), CONVOLUTION_SHARES.items())
def test_convolutions_hold_few_parameters_and_do_most_of_the_work(name: str, shares: tuple[float, float]) -> None:
    p = profile(name)
    convolution = group(p, "convolution")
    shown = (100 * convolution.params / p.totals.params, 100 * convolution.macs / p.totals.macs)
    assert tuple(round(share, 2) for share in shown) == shares


@pytest.mark.parametrize(("name", "macs"), CONVOLUTION_MACS.items())
def test_macs_of_the_convolutions_alone(name: str, macs: int) -> None:
    assert group(profile(name), "convolution").macs == macs


def test_alexnet_has_the_shapes_of_the_documents_in_order() -> None:
    weighted_or_pooled = ("conv2d", "max_pool2d", "flatten", "linear")
    shapes = [row.output_shape[1:] for row in profile("alexnet").layers if row.op in weighted_or_pooled]
    assert shapes == [
        (64, 55, 55), (64, 27, 27), (192, 27, 27), (192, 13, 13), (384, 13, 13), (256, 13, 13), (256, 13, 13),
        (256, 6, 6), (9216,), (4096,), (4096,), (1000,),
    ]  # fmt: skip


def test_alexnet_d2l_has_the_shapes_its_book_prints_in_order() -> None:
    shapes = [row.output_shape for row in profile("alexnet-d2l").layers]
    assert shapes == [
        (1, 96, 54, 54), (1, 96, 54, 54), (1, 96, 26, 26),
        (1, 256, 26, 26), (1, 256, 26, 26), (1, 256, 12, 12),
        (1, 384, 12, 12), (1, 384, 12, 12), (1, 384, 12, 12), (1, 384, 12, 12),
        (1, 256, 12, 12), (1, 256, 12, 12), (1, 256, 5, 5), (1, 6400),
        (1, 4096), (1, 4096), (1, 4096), (1, 4096), (1, 4096), (1, 4096), (1, 10),
    ]  # fmt: skip


def test_grouped_alexnet_has_the_macs_published_per_layer_at_batch_10() -> None:
    macs = {row.path: row.macs for row in profile("alexnet-bvlc", batch=10).layers if row.macs}
    published = [1.05e9, 2.24e9, 1.5e9, 1.12e9, 747.6e6, 377.49e6, 167.77e6, 40.96e6]
    digits = [2, 2, 1, 2, 1, 2, 2, 2]
    scale = [1e9, 1e9, 1e9, 1e9, 1e6, 1e6, 1e6, 1e6]
    printed = [round(count / unit, places) for count, unit, places in zip(macs.values(), scale, digits, strict=True)]
    assert printed == [round(figure / unit, 2) for figure, unit in zip(published, scale, strict=True)]


def test_the_documents_worked_examples_are_rows_of_alexnet() -> None:
    rows = {row.path: row for row in profile("alexnet").layers}
    assert rows["features.0"].params == 11 * 11 * 3 * 64 + 64 == 23_296
    assert rows["features.0"].flops == 2 * 11**2 * 3 * 64 * 55 * 55
    assert rows["classifier.1"].params == 9216 * 4096 + 4096 == 37_752_832


def test_a_two_column_split_halves_the_macs_of_the_split_layers() -> None:
    whole = {row.path: row.macs for row in profile("alexnet-paper").layers if row.op == "conv2d"}
    split = {row.path: row.macs for row in profile("alexnet-bvlc").layers if row.op == "conv2d"}
    ratios = [b / a for a, b in zip(whole.values(), split.values(), strict=True)]
    assert ratios == [1, 0.5, 1, 0.5, 0.5]


def test_the_ported_alexnet_normalises_after_pooling_and_the_paper_before() -> None:
    def order(name: str) -> list[str]:
        return [row.op for row in profile(name).layers if row.op in ("local_response_norm", "max_pool2d")]

    assert order("alexnet-paper")[:2] == ["local_response_norm", "max_pool2d"]
    assert order("alexnet-bvlc")[:2] == ["max_pool2d", "local_response_norm"]


def test_classes_and_input_size_are_options() -> None:
    p = profile("alexnet(num_classes=10)", (3, 256, 320), batch=2)
    assert p.layers[-1].output_shape == (2, 10)
    assert p.totals.params == 61_100_840 - 990 * 4097


def group(p: Profile, name: str):
    return next(group for group in p.groups if group.name == name)
