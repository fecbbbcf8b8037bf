"""The worked examples of the study notes that netstat goes back to."""

import pytest
from oracle import ORACLES, Call
from oracle.counted import Counted, Tally
from oracle.normalization import local_response_norm
from oracle.tensors import Tensor

from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

CHANNELS = (0.0, 0.5272, 1.1392)
SETTINGS = {"size": 3, "alpha": 1.0, "beta": 1.0, "k": 1.0}
WORKED = 0.5272 / (1 + (0.5272**2 + 1.1392**2) / 3)


def numel(name: str, *sizes: int, **chosen: object) -> int:
    return sum(TensorSpec(shape).numel for shape in OPERATORS[name].params(*sizes, **chosen).values())


@pytest.mark.parametrize("name", ["conv2d", "max_pool2d", "avg_pool2d"])
def test_224_with_kernel_11_padding_2_and_stride_4_gives_55(name: str) -> None:
    image = TensorSpec((1, 3, 224, 224))
    kernel = TensorSpec((64, 3, 11, 11)) if name == "conv2d" else 11
    (output,) = OPERATORS[name].shape(image, kernel, stride=4, padding=2)
    assert output.shape[2:] == (55, 55)


def test_the_first_convolution_of_alexnet_has_23296_parameters() -> None:
    assert numel("conv2d", 3, 64, 11) == 11 * 11 * 3 * 64 + 64 == 23_296


def test_the_first_linear_layer_of_alexnet_has_37752832_parameters_and_is_a_convolution_of_kernel_1() -> None:
    assert numel("linear", 9216, 4096) == numel("conv2d", 9216, 4096, 1) == 9216 * 4096 + 4096 == 37_752_832


@pytest.mark.parametrize(
    ("kernel", "channels", "outs", "size", "groups", "out"),
    [(11, 3, 64, 224, 1, 55), (5, 64, 192, 27, 1, 27), (3, 192, 384, 13, 1, 13), (5, 96, 256, 27, 2, 27)],
)
def test_the_flops_of_a_layer_with_bias_are_those_of_the_documents(
    kernel: int, channels: int, outs: int, size: int, groups: int, out: int
) -> None:
    weight, bias = TensorSpec((outs, channels // groups, kernel, kernel)), TensorSpec((outs,))
    step = {"stride": 4, "padding": 2} if kernel == 11 else {"padding": kernel // 2}
    cost = OPERATORS["conv2d"].cost(TensorSpec((1, channels, size, size)), weight, bias, **step, groups=groups)
    assert cost.flops == 2 * kernel**2 * (channels // groups) * outs * out * out
    assert cost.macs == cost.flops // 2


def test_the_worked_local_response_norm_by_definition_is_0_3457() -> None:
    tally = Tally()
    values = {(0, c, 0): Counted(value, tally) for c, value in enumerate(CHANNELS)}
    (output,) = local_response_norm(Tensor((1, 3, 1), "float32", tally, values), **SETTINGS)
    assert output.plain()[1] == pytest.approx(WORKED, abs=1e-15)
    assert round(output.plain()[1], 4) == 0.3457


@pytest.mark.torch
def test_the_worked_local_response_norm_in_torch_is_0_3457() -> None:
    torch = pytest.importorskip("torch")
    values = torch.tensor(CHANNELS, dtype=torch.float64).reshape(1, 3, 1)
    normed = torch.nn.functional.local_response_norm(values, **SETTINGS)
    assert normed[0, 1, 0].item() == pytest.approx(WORKED, abs=1e-15)


def test_the_worked_local_response_norm_costs_what_its_windows_hold() -> None:
    call = Call({"input": TensorSpec((1, 3, 1))}, SETTINGS)
    cost = OPERATORS["local_response_norm"].cost(**call.arguments)
    assert cost == ORACLES["local_response_norm"](call).cost
    assert (cost.multiplies, cost.adds, cost.divides, cost.specials) == (6, 2 + 3 + 2, 3, 3)


def test_overlapping_pooling_compares_more_than_twice_as_much_as_the_other_kind() -> None:
    image, pool = TensorSpec((1, 64, 55, 55)), OPERATORS["max_pool2d"]
    assert pool.cost(image, 3, 2).compares == 8 * 64 * 27 * 27
    assert pool.cost(image, 2, 2).compares == 3 * 64 * 27 * 27


def test_three_3x3_convolutions_have_27_c_squared_weights_where_a_7x7_has_49() -> None:
    c = 64
    assert 3 * numel("conv2d", c, c, 3, bias=False) == 27 * c**2
    assert numel("conv2d", c, c, 7, bias=False) == 49 * c**2
