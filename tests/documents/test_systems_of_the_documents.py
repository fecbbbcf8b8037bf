"""Each system of the documents at work; figures in these tests were worked out by hand, not by netstat."""

from pathlib import Path

import pytest

import netstat
from netstat.measure.settings import QUICK
from tests.documents.systems import exported

pytestmark = pytest.mark.torch


def totals(name: str) -> tuple[int, int]:
    found = netstat.profile(name).totals
    return found.params, found.macs


def shares_of_convolutions(name: str) -> tuple[float, float]:
    """Percent of the parameters, percent of the MACs."""
    p = netstat.profile(name)
    group = next(group for group in p.groups if group.name == "convolution")
    return round(100 * group.params / p.totals.params, 2), round(100 * group.macs / p.totals.macs, 2)


def test_s1_one_line_prints_the_table_that_torchstat_printed(capsys) -> None:
    import torchvision

    netstat.stat(torchvision.models.alexnet(), (3, 224, 224))
    printed = capsys.readouterr().out
    for figure in ("features.0", "64×55×55", "23,296", "37,752,832", "61,100,840", "714,188,480"):
        assert figure in printed


def test_s2_the_three_functions_and_their_gradients_are_drawn_from_minus_ten_to_ten() -> None:
    import torch

    found = netstat.activations(measure=False)
    assert (min(found.x), max(found.x)) == (-10, 10)
    named = {each.name: each for each in found.activations}
    x = torch.tensor(found.x, dtype=torch.float64, requires_grad=True)
    for name in ("sigmoid", "tanh", "relu"):
        values = getattr(torch, name)(x)
        (slopes,) = torch.autograd.grad(values.sum(), x)
        assert torch.allclose(torch.tensor(named[name].value, dtype=torch.float64), values, atol=1e-12)
        inside = x.detach() != 0  # of ReLU at 0 there is none
        drawn = torch.tensor(named[name].gradient, dtype=torch.float64)
        assert torch.allclose(drawn[inside], slopes[inside], atol=1e-12)


def test_s3_the_worked_example_of_the_normalisation_is_what_the_layer_computes() -> None:
    import torch
    from torch.nn import LocalResponseNorm

    values = torch.tensor([0.0, 0.5272, 1.1392], dtype=torch.float64).reshape(1, 3, 1, 1)
    found = LocalResponseNorm(3, alpha=1.0, beta=1.0, k=1.0)(values)[0, 1, 0, 0].item()
    assert found == pytest.approx(0.5272 / (1 + (0.5272**2 + 1.1392**2) / 3), abs=1e-12)
    assert round(found, 4) == 0.3457


def test_s3_windows_at_the_edge_of_the_channels_are_counted_as_they_are() -> None:
    layer = next(row for row in netstat.profile("alexnet-paper").layers if row.op == "local_response_norm")
    squares_in_windows = sum(min(c + 2, 95) - max(c - 2, 0) + 1 for c in range(96)) * 55 * 55
    values = 96 * 55 * 55
    assert layer.output_shape == (1, 96, 55, 55)
    assert layer.params == 0
    assert layer.adds == squares_in_windows - values + values  # the sum of a window, and k
    assert layer.divides == layer.specials == values


def test_s4_overlapping_pools_are_marked_and_stand_beside_their_twins() -> None:
    p = netstat.profile("alexnet", overlapping=True)
    assert [row.path for row in p.layers if row.overlapping] == ["features.2", "features.5", "features.12"]
    first = p.overlapping[0]
    outputs = 64 * 27 * 27
    assert (first.window, first.stride) == ((3, 3), (2, 2))
    assert (first.flops, first.twin_flops) == (8 * outputs, 3 * outputs)  # comparisons among 9 and among 4 values
    assert not any(row.overlapping for row in netstat.profile("vgg16").layers)


def test_s5_the_cards_exchange_data_before_the_third_convolution_and_the_linear_layers_only() -> None:
    found = netstat.partition("alexnet-paper", ways=2, batch=128, paper=True, training=False)
    crossing = {layer.path: layer.forward_bytes for layer in found.layers if layer.crossings and layer.op != "output"}
    other_half = {"features.8": 128 * 13 * 13, "classifier.0": 128 * 6 * 6, "classifier.3": 2048, "classifier.6": 2048}
    assert crossing == {path: 2 * 128 * 4 * values for path, values in other_half.items()}


@pytest.mark.slow
def test_s5_two_processes_send_the_bytes_that_were_worked_out() -> None:
    found = netstat.partition("alexnet-paper", ways=2, batch=1, paper=True, run=True)
    assert found.run is not None
    assert (found.run.forward_bytes, found.run.backward_bytes) == (found.forward_bytes, found.backward_bytes)
    assert found.agrees
    assert found.run.same


def test_s6_alexnet_of_torchvision() -> None:
    assert totals("alexnet") == (61_100_840, 714_188_480)
    assert shares_of_convolutions("alexnet") == (4.04, 91.79)


def test_s7_alexnet_of_the_paper_in_one_column() -> None:
    assert totals("alexnet-paper") == (62_378_344, 1_135_256_096)
    assert shares_of_convolutions("alexnet-paper") == (6.01, 94.84)


def test_s8_the_port_with_two_groups_normalises_after_pooling() -> None:
    assert totals("alexnet-bvlc") == (60_965_224, 724_406_816)
    assert shares_of_convolutions("alexnet-bvlc") == (3.83, 91.91)
    ops = [row.op for row in netstat.profile("alexnet-bvlc").layers]
    assert ops.index("max_pool2d") < ops.index("local_response_norm")


def test_s8_fine_tuning_splits_parameters_into_trainable_and_frozen_ones() -> None:
    p = netstat.profile("alexnet-bvlc", train_only=["classifier.6"])
    last = 4096 * 1000 + 1000
    assert p.totals.trainable_params == last
    assert {row.path: row.trainable_params for row in p.layers if row.trainable_params} == {"classifier.6": last}
    assert p.freezing.after.gradient_bytes == 4 * last
    assert p.freezing.after.backward_macs == 4096 * 1000  # the gradient of its weights, and of nothing below


def test_s9_the_version_of_the_book_has_the_shapes_it_prints() -> None:
    assert totals("alexnet-d2l") == (46_764_746, 938_146_176)
    shapes = [row.output_shape[1:] for row in netstat.profile("alexnet-d2l").layers if row.op == "conv2d"]
    assert shapes == [(96, 54, 54), (256, 26, 26), (384, 12, 12), (384, 12, 12), (256, 12, 12)]


def test_s10_lenet_has_a_sigmoid_after_each_layer_but_the_last() -> None:
    assert totals("lenet") == (61_706, 416_520)
    ops = [row.op for row in netstat.profile("lenet").layers if row.op in ("conv2d", "linear", "sigmoid")]
    assert ops == ["conv2d", "sigmoid"] * 2 + ["linear", "sigmoid"] * 2 + ["linear"]


@pytest.mark.slow
def test_s11_a_training_step_is_timed_phase_by_phase_and_epochs_follow_from_it() -> None:
    (step,) = netstat.benchmark("lenet", training=True, batch=128, epochs=10, images=60_000, settings=QUICK).training
    assert [phase.name for phase in step.phases] == ["forward", "loss", "backward", "optimizer"]
    assert step.loss == "cross-entropy"
    assert step.examples_per_second == pytest.approx(128 / step.median_seconds)
    assert step.forecast is not None
    assert step.forecast.steps == 10 * 469
    assert step.forecast.seconds == pytest.approx(4690 * step.median_seconds)


@pytest.mark.slow
def test_s12_one_image_is_timed_forward_only() -> None:
    (found,) = netstat.benchmark("lenet", threads=1, settings=QUICK)
    assert found.batch == 1
    assert found.ci95_seconds[0] <= found.median_seconds <= found.ci95_seconds[1]
    accounted = sum(row.median_seconds for row in found.layers) + found.unattributed_seconds
    assert accounted == pytest.approx(found.median_seconds)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "params"),
    [("vgg11", 132_863_336), ("vgg13", 133_047_848), ("vgg16", 138_357_544), ("vgg19", 143_667_240)],
)
def test_s13_vgg_has_the_parameters_of_torchvision(name: str, params: int) -> None:
    import torchvision

    assert netstat.profile(name).totals.params == params
    for own in (name, f"{name}_bn"):
        module = torchvision.models.get_model(own)
        assert netstat.profile(own).totals.params == sum(p.numel() for p in module.parameters())


def test_s14_functional_operators_are_in_the_table() -> None:
    by_hand, of_modules = (netstat.profile(name) for name in ("vgg16-functional", "vgg16"))
    relu, reshape = (
        [row for row in by_hand.layers if row.op in ops] for ops in (("relu",), ("reshape", "view", "flatten"))
    )
    assert len(relu) == 15
    assert len(reshape) == 1
    assert by_hand.complete
    assert by_hand.totals.macs == of_modules.totals.macs
    assert by_hand.totals.params == of_modules.totals.params


def test_s15_stacks_are_compared_by_what_they_see_and_hold() -> None:
    stacks = ("conv3x3-8 x2", "conv5x5-8", "conv3x3-8 x3", "conv7x7-8", "conv1x7-8, conv7x1-8")
    found = netstat.compare(*(f"stack: {stack}" for stack in stacks)).models
    assert [each.receptive_field for each in found] == [(5, 5), (5, 5), (7, 7), (7, 7), (7, 7)]
    assert [each.totals.params for each in found] == [64 * 18, 64 * 25, 64 * 27, 64 * 49, 64 * 14]
    assert [each.nonlinearities for each in found] == [2, 1, 3, 1, 2]


def test_s16_the_converted_network_has_the_parameters_and_at_224_the_cost_of_its_origin() -> None:
    linear = netstat.profile("vgg16").totals
    at = {side: netstat.profile("vgg16", (3, side, side), fully_convolutional=True) for side in (224, 384)}
    assert at[224].totals.params == at[384].totals.params == linear.params
    assert at[224].totals.macs == linear.macs
    assert at[384].layers[-1].output_shape == (1, 1000, 6, 6)


@pytest.mark.slow
def test_s16_the_converted_network_gives_the_scores_of_its_origin() -> None:
    import torch
    import torchvision

    model = torchvision.models.vgg11(num_classes=10).double().eval()
    converted = netstat.fully_convolutional(model, (3, 224, 224))
    image = torch.rand(1, 3, 224, 224, dtype=torch.float64)
    with torch.no_grad():
        scores, map_of_scores = model(image), converted(image)
    assert map_of_scores.shape == (1, 10, 1, 1)
    assert torch.allclose(map_of_scores.flatten(1), scores, rtol=0, atol=1e-12 * scores.abs().max().item())


@pytest.mark.slow
def test_s17_the_onnx_file_gives_the_same_table(tmp_path: Path) -> None:
    saved, own = exported("alexnet"), netstat.profile("alexnet")
    work = [[(row.op, row.macs, row.params, row.output_shape) for row in p.layers if row.macs] for p in (saved, own)]
    assert work[0] == work[1]
    assert saved.totals.params == own.totals.params
    assert saved.totals.macs == own.totals.macs
