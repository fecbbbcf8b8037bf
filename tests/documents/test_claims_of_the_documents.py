"""Each claim of the documents against netstat's figures and, where it can be, against what really runs."""

from itertools import product

import pytest

import netstat
from netstat.records.pipeline import PipelineRecipe
from tests.documents.measured import kept
from tests.documents.systems import exported

pytestmark = pytest.mark.torch


def layer(model: str, path: str):
    return next(row for row in netstat.profile(model).layers if row.path == path)


def test_c1_a_convolution_with_bias_takes_exactly_two_operations_per_multiply_accumulate() -> None:
    first, linear = layer("alexnet", "features.0"), layer("alexnet", "classifier.1")
    assert first.params == 11 * 11 * 3 * 64 + 64
    assert first.flops == 2 * 11**2 * 3 * 64 * 55 * 55 == 2 * first.macs
    assert 2 * first.params * 55 * 55 - first.flops == 2 * 64 * 55 * 55
    assert linear.params == 9216 * 4096 + 4096


def test_c1_a_linear_layer_costs_what_a_convolution_with_a_kernel_of_one_costs() -> None:
    from torch import nn

    linear = netstat.profile(nn.Linear(9216, 4096), (9216,)).totals
    convolution = netstat.profile(nn.Conv2d(9216, 4096, 1), (9216, 1, 1)).totals
    for figure in ("params", "macs", "flops", "multiplies", "adds"):
        assert getattr(linear, figure) == getattr(convolution, figure)


@pytest.mark.peers
def test_c2_the_column_torchstat_calls_madd_holds_flops_and_the_one_it_calls_flops_holds_macs() -> None:
    first = layer("alexnet", "features.0")
    columns = {check.peer: check for check in netstat.crosscheck("alexnet", against=["torchstat", "torchstat-madd"])}
    found = {name: next(row for row in check.layers if row.path == "features.0") for name, check in columns.items()}
    assert all(check.closed for check in columns.values())
    assert found["torchstat"].predicted == first.macs + 64 * 55 * 55
    assert found["torchstat-madd"].predicted == first.flops


def test_c7_the_figures_are_those_of_the_paper_in_one_column() -> None:
    p = netstat.profile("alexnet-paper")
    convolution = next(group for group in p.groups if group.name == "convolution")
    assert p.totals.params // 10**5 == 623  # the further digits cut off
    assert round(p.totals.macs / 1e9, 1) == 1.1
    assert round(100 * convolution.params / p.totals.params) == 6
    assert round(100 * convolution.macs / p.totals.macs) == 95


def test_c8_the_two_big_layers_hold_nearly_a_gigabyte_under_adam_and_no_other_reading() -> None:
    held = 4 * ((9216 * 4096 + 4096) + (4096 * 4096 + 4096))
    assert held == 4 * sum(layer("alexnet-paper", path).params for path in ("classifier.0", "classifier.3"))
    readings = {n: n * held / 1e9 for n in (1, 2, 3, 4)}
    assert {n for n, gigabytes in readings.items() if 0.8 < gigabytes < 1} == {4}
    assert round(readings[1], 2) == 0.22


def test_c9_2048_crops_are_2178_where_both_ends_count() -> None:
    recipe = PipelineRecipe((500, 375), 256, (224, 224), decode=True, batch=1, group=1, images=1, encoded_bytes=0)
    places = {(top, left, mirrored) for top, left, mirrored in product(range(257), range(257), (False, True))
              if top + 224 <= 256 and left + 224 <= 256}  # fmt: skip
    assert recipe.crops == len(places) == 33 * 33 * 2
    assert recipe.crops_in_print == 32 * 32 * 2 == 2048


def test_c11_alexnet_has_five_convolutions_and_three_linear_layers_and_lenet_two_and_three() -> None:
    for name, convolutions, linears, calls in (("alexnet", 5, 3, 22), ("lenet", 2, 3, 12)):
        ops = [row.op for row in netstat.profile(name).layers]
        assert (ops.count("conv2d"), ops.count("linear"), len(ops)) == (convolutions, linears, calls)
    assert layer("alexnet-d2l", "0").output_shape[1] == 16 * layer("lenet", "0").output_shape[1]


def test_c12_ten_epochs_in_ten_minutes_lie_within_the_forecast_in_tf32() -> None:
    (found,) = netstat.forecast("alexnet-d2l", device="rtx-4060-laptop", batch=128, dtype="tf32", training=True)
    low, high = (10 * 469 * seconds / 60 for seconds in found.interval_seconds)
    assert low < 10 < high


def test_c13_augmentation_takes_time_that_only_a_device_of_its_own_hides() -> None:
    found = kept("pipeline")
    assert found.augmentation_seconds > 0
    for verdict in found.verdicts:
        if verdict.model.shares_processors:
            assert verdict.code != "hidden"


def test_c14_the_processor_stays_under_a_teraflop_a_second_in_float32() -> None:
    found = kept("ceilings")[0]
    assert found.dtype == "float32"
    assert 0 < found.flops_per_second < 1e12


def test_c21_the_exported_file_has_the_layers_of_the_model() -> None:
    saved, own = exported("vgg16"), netstat.profile("vgg16")
    work = [[(row.op, row.macs, row.output_shape) for row in p.layers if row.macs] for p in (own, saved)]
    assert len(work[0]) == 16
    assert work[0] == work[1]
