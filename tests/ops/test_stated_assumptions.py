"""Where the work depends on values, the count is that of the stated assumption."""

import pytest

from netstat.cost import Cost
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.base import Product

IMAGE, REGIONS = TensorSpec((1, 256, 50, 50)), TensorSpec((1000, 5))


@pytest.mark.parametrize(
    ("mode", "work"),
    [
        ("sum", Cost(adds=(20 - 5) * 8)),
        ("mean", Cost(adds=(20 - 5) * 8, divides=5 * 8)),
        ("max", Cost(compares=(20 - 5) * 8)),
    ],
)
def test_twenty_indices_in_five_bags_by_their_offsets_leave_no_bag_empty(mode: str, work: Cost) -> None:
    indices, offsets = TensorSpec((20,), "int64"), TensorSpec((5,), "int64")
    cost = OPERATORS["embedding_bag"].cost(indices, TensorSpec((100, 8)), offsets, mode=mode)
    assert cost == work + Cost(bytes_read=20 * 8 + 20 * 8 * 4 + 5 * 8, bytes_written=5 * 8 * 4)
    last = OPERATORS["embedding_bag"].shape(indices, TensorSpec((100, 8)), offsets, include_last_offset=True)
    assert last == (TensorSpec((4, 8)),)


@pytest.mark.parametrize("adaptive", [0, -1])
def test_a_region_sampled_as_its_size_demands_counts_as_two_by_two_samples_per_bin(adaptive: int) -> None:
    cost = OPERATORS["roi_align"].cost
    assert cost(IMAGE, REGIONS, 0.25, 7, 7, adaptive) == cost(IMAGE, REGIONS, 0.25, 7, 7, 2)


def test_the_channels_of_a_region_share_its_weights() -> None:
    cost = OPERATORS["roi_align"].cost
    one, many = (cost(TensorSpec((1, channels, 50, 50)), REGIONS, 0.25, 7, 7, 2).multiplies for channels in (1, 256))
    values = 1000 * 7 * 7 * 4 * 4
    assert many - one == 255 * values


def test_a_deformable_convolution_has_the_macs_of_a_plain_one() -> None:
    image, weight = TensorSpec((2, 8, 10, 10)), TensorSpec((16, 4, 3, 3))
    offset, mask, bias = TensorSpec((2, 36, 8, 8)), TensorSpec((2, 1)), TensorSpec((16,))
    given = {"input": image, "weight": weight, "offset": offset, "mask": mask, "bias": bias}
    chosen = {"groups": 2, "offset_groups": 2}
    macs = OPERATORS["conv2d"].cost(image, weight, bias, groups=2).macs
    assert OPERATORS["deform_conv2d"].cost(**given, **chosen).macs == macs == 2 * 16 * 8 * 8 * 4 * 9
    products = OPERATORS["deform_conv2d"].products(**given, **chosen)
    assert products == (Product(macs, ("input", "offset"), ("weight",)),)


@pytest.mark.parametrize("name", ["upsample_bilinear2d", "grid_sample", "affine_grid", "roi_align"])
def test_sampling_is_no_contraction(name: str) -> None:
    calls = {
        "upsample_bilinear2d": {"input": IMAGE, "output_size": (100, 100)},
        "grid_sample": {"input": IMAGE, "grid": TensorSpec((1, 9, 9, 2))},
        "affine_grid": {"theta": TensorSpec((1, 2, 3)), "size": (1, 3, 9, 9)},
        "roi_align": {"input": IMAGE, "rois": REGIONS, "spatial_scale": 1.0, "pooled_height": 7, "pooled_width": 7},
    }
    cost = OPERATORS[name].cost(**calls[name])
    assert cost.macs == 0
    assert cost.multiplies > 0
    assert OPERATORS[name].products(**calls[name]) == ()
