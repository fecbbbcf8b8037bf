"""Each claim of the documents against netstat's figures and, where it can be, against what really runs."""

from itertools import product
from math import cosh, exp

import pytest

import netstat
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS
from netstat.records.pipeline import PipelineRecipe
from tests.documents.claims import least_side, relu_of_torchstat
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


def functions() -> dict:
    return {each.name: each for each in netstat.activations(measure=False).activations}


def test_c3_relu_needs_no_special_function_and_sigmoid_and_tanh_need_one() -> None:
    found = functions()
    specials = {name: found[name].specials // found[name].elements for name in ("relu", "sigmoid", "tanh")}
    assert specials == {"relu": 0, "sigmoid": 1, "tanh": 1}


def test_c3_relu_was_measured_to_be_the_fastest_of_the_three() -> None:
    (times,) = kept("activations").benchmarks
    seconds = {row.path: row.median_seconds for row in times.layers}
    assert seconds["relu"] == min(seconds[name] for name in ("relu", "sigmoid", "tanh"))


def test_c4_the_gradients_of_sigmoid_and_tanh_are_under_a_hundredth_beyond_five_and_three() -> None:
    found = functions()
    assert exp(-5) / (1 + exp(-5)) ** 2 < 0.01 < exp(-4.5) / (1 + exp(-4.5)) ** 2
    assert 1 / cosh(3) ** 2 < 0.01 < 1 / cosh(2.9) ** 2
    assert -5 < found["sigmoid"].alive[0] < -4.5
    assert 4.5 < found["sigmoid"].alive[1] < 5
    assert -3 < found["tanh"].alive[0] < -2.9
    assert 2.9 < found["tanh"].alive[1] < 3
    assert found["relu"].alive[1] == 10


def test_c5_a_pass_of_alexnet_has_one_comparison_for_each_value_that_relu_sees() -> None:
    relu = [row for row in netstat.profile("alexnet").layers if row.op == "relu"]
    values = 64 * 55 * 55 + 192 * 27 * 27 + (384 + 256 + 256) * 13 * 13 + 4096 + 4096
    assert sum(row.flops for row in relu) == sum(row.compares for row in relu) == values == 493_184


def test_c6_relu_has_no_gradient_below_zero() -> None:
    found = netstat.activations(measure=False)
    relu = next(each for each in found.activations if each.name == "relu")
    assert {slope for x, slope in zip(found.x, relu.gradient, strict=True) if x < 0} == {0}
    assert {slope for x, slope in zip(found.x, relu.gradient, strict=True) if x > 0} == {1}


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


@pytest.mark.parametrize("model", ["alexnet", "vgg16"])
def test_c10_ten_crops_cost_ten_forward_passes(model: str) -> None:
    (ten,) = (each for each in netstat.views(model).crops if each.name == "ten crops")
    assert ten.passes == 10
    assert ten.macs == netstat.profile(model, batch=10).totals.macs


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


def test_c15_overlapping_costs_a_third_of_a_thousandth_of_the_forward_pass() -> None:
    p = netstat.profile("alexnet", overlapping=True)
    more = sum(each.flops - each.twin_flops for each in p.overlapping)
    assert more == 5 * (64 * 27 * 27 + 192 * 13 * 13 + 256 * 6 * 6)
    assert round(100 * more / p.totals.flops, 3) == 0.031


@pytest.mark.slow
def test_c16_batch_128_is_predicted_to_fit_in_3_gb_on_one_card_and_on_each_of_two() -> None:
    dense = netstat.memory("alexnet-paper", batch=128).training_peak_bytes
    split = netstat.partition("alexnet-paper", ways=2, batch=128, paper=True)
    assert dense < 3 * 10**9
    assert all(2 * card.training_peak_bytes < 3 * 10**9 for card in split.cards)


@pytest.mark.parametrize("channels", [16, 256])
def test_c17_three_small_kernels_have_27_c_squared_weights_and_a_large_one_49(channels: int) -> None:
    small, large = netstat.compare(f"stack: conv3x3-{channels} x3", f"stack: conv7x7-{channels}").models
    assert (small.totals.params, large.totals.params) == (27 * channels**2, 49 * channels**2)
    assert small.receptive_field == large.receptive_field == (7, 7)
    assert small.nonlinearities > large.nonlinearities


@pytest.mark.slow
def test_c18_the_converted_vgg_needs_224_pixels_and_the_one_with_adaptive_pooling_32() -> None:
    assert least_side() == 224
    assert netstat.profile("vgg16", (3, 32, 32)).complete
    with pytest.raises(ShapeError):
        netstat.profile("vgg16", (3, 31, 31))


def test_c19_every_view_is_one_forward_pass() -> None:
    one = netstat.profile("vgg16").totals.macs
    found = {each.name: each for each in netstat.views("vgg16").crops}
    for name, passes in (("mirrored", 2), ("flipped along both axes", 4), ("turned by 0°, 90°, 180°, 270°", 4)):
        assert (found[name].passes, found[name].macs) == (passes, passes * one)


@pytest.mark.peers
def test_c20_a_counter_that_hooks_modules_has_the_relus_of_modules_and_no_others() -> None:
    values = sum(row.flops for row in netstat.profile("vgg16").layers if row.op == "relu")
    assert relu_of_torchstat("vgg16") == values
    assert relu_of_torchstat("vgg16-functional") == 0
    functional = [row for row in netstat.profile("vgg16-functional").layers if row.op == "relu"]
    assert sum(row.flops for row in functional) == values


@pytest.mark.slow
def test_c21_the_exported_file_has_the_layers_of_the_model() -> None:
    saved, own = exported("vgg16"), netstat.profile("vgg16")
    work = [[(row.op, row.macs, row.output_shape) for row in p.layers if row.macs] for p in (own, saved)]
    assert len(work[0]) == 16
    assert work[0] == work[1]


@pytest.mark.parametrize("op", ["conv2d", "max_pool2d"])
def test_c22_tensorflows_output_sizes_are_those_of_its_rules(op: str) -> None:
    for size, kernel, stride in product((5, 27, 55, 224, 227), (1, 2, 3, 5), (1, 2, 4)):
        window = TensorSpec((1, 1, kernel, kernel)) if op == "conv2d" else kernel
        found = {}
        for padding in ("SAME", "VALID"):
            (made,) = OPERATORS[op].shape(TensorSpec((1, 1, size, size)), window, stride=stride, padding=padding)
            found[padding] = made.shape[-1]
        assert found == {"SAME": -(-size // stride), "VALID": -(-(size - (kernel - 1)) // stride)}


def test_c22_valid_is_explicit_padding_by_none() -> None:
    image = TensorSpec((1, 3, 227, 227))
    weight = TensorSpec((96, 3, 11, 11))
    shapes = [OPERATORS["conv2d"].shape(image, weight, stride=4, padding=padding) for padding in ("VALID", 0)]
    assert shapes[0] == shapes[1]
    assert shapes[0][0].shape == (1, 96, 55, 55)
