"""Stacks: what their notation means, and what the comparisons of small with large kernels come to."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat
from netstat.errors import UsageError
from netstat.models.stacks import EXAMPLE, stack
from netstat.records.comparison import Compared

CHANNELS = st.integers(1, 64)


def compared(*stacks: str, **options: object) -> tuple[Compared, ...]:
    return netstat.compare(*(f"stack: {layers}" for layers in stacks), **options).models  # type: ignore[arg-type]


def layers(text: str) -> list[tuple[str, dict[str, object]]]:
    """Class and arguments of each layer of a stack."""
    return [(layer.module, dict(layer.arguments)) for _, layer in stack(text).build().steps]


@given(c=CHANNELS)
def test_three_3x3_see_7x7_with_27_c_squared_weights_where_one_7x7_has_49(c: int) -> None:
    three, one = compared(f"conv3x3-{c} x3", f"conv7x7-{c}")
    assert three.receptive_field == one.receptive_field == (7, 7)
    assert (three.totals.params, one.totals.params) == (27 * c**2, 49 * c**2)
    assert (three.totals.macs, one.totals.macs) == (27 * c**2 * 56**2, 49 * c**2 * 56**2)
    assert (three.nonlinearities, one.nonlinearities) == (3, 1)
    assert one.params_ratio == 49 / 27


@given(c=CHANNELS)
def test_two_3x3_see_5x5_with_18_c_squared_weights_where_one_5x5_has_25(c: int) -> None:
    two, one = compared(f"conv3x3-{c} x2", f"conv5x5-{c}")
    assert two.receptive_field == one.receptive_field == (5, 5)
    assert (two.totals.params, one.totals.params) == (18 * c**2, 25 * c**2)
    assert (two.nonlinearities, one.nonlinearities) == (2, 1)


@given(c=CHANNELS)
def test_a_row_and_a_column_see_7x7_with_14_c_squared_weights(c: int) -> None:
    (both,) = compared(f"conv1x7-{c} + conv7x1-{c}")
    assert (both.receptive_field, both.totals.params, both.nonlinearities) == ((7, 7), 14 * c**2, 2)


@given(c=CHANNELS)
def test_a_depthwise_separable_convolution_has_9_c_and_c_squared_weights(c: int) -> None:
    (both,) = compared(f"dwconv3x3 + conv1x1-{c}")
    assert (both.receptive_field, both.totals.params) == ((3, 3), 9 * c + c**2)
    assert both.totals.macs == (9 * c + c**2) * 56**2


def test_biases_are_there_where_the_stack_says_so() -> None:
    (with_them,) = compared("conv3x3-256 bias x3")
    assert with_them.totals.params == 27 * 256**2 + 3 * 256
    assert with_them.totals.flops == 2 * with_them.totals.macs + 3 * 256 * 56**2  # bias and ReLU, no add left out


def test_the_input_is_the_first_number_of_channels_at_56_by_56_or_what_was_given() -> None:
    default, given = compared("dwconv3x3 + conv1x1-64"), compared("dwconv3x3 + conv1x1-64", input_shape=(8, 10, 12))
    assert default[0].inputs == ((1, 64, 56, 56),)
    assert given[0].inputs == ((1, 8, 10, 12),)
    assert given[0].totals.params == 9 * 8 + 8 * 64


def test_every_word_of_the_notation_is_understood() -> None:
    text = "conv3-8/2p0d2 linear, TANH + conv1×3-16 /2x1 p0x2 g4 bias + maxpool3x3/2 p1 + avgpool2 + sigmoid + pool2x3"
    conv, tanh, grouped, relu, large, mean, sigmoid, pool = layers(text)
    assert conv == (
        "Conv2d",
        {"in_channels": 8, "out_channels": 8, "kernel_size": (3, 3), "stride": (2, 2), "padding": (0, 0)}
        | {"dilation": (2, 2), "groups": 1, "bias": False},
    )
    assert grouped[1]["kernel_size"] == (1, 3)
    assert (grouped[1]["stride"], grouped[1]["padding"]) == ((2, 1), (0, 2))
    assert (grouped[1]["groups"], grouped[1]["bias"], grouped[1]["out_channels"]) == (4, True, 16)
    assert [tanh[0], relu[0], sigmoid[0]] == ["Tanh", "ReLU", "Sigmoid"]
    assert large == ("MaxPool2d", {"kernel_size": (3, 3), "stride": (2, 2), "padding": (1, 1)})
    assert mean == ("AvgPool2d", {"kernel_size": (2, 2), "stride": (2, 2), "padding": 0})
    assert pool[1]["stride"] == (2, 3)


@given(kernel=st.integers(1, 9), dilation=st.integers(1, 3))
def test_at_stride_1_an_odd_window_keeps_the_size_and_an_even_one_loses_at_most_one(kernel: int, dilation: int) -> None:
    profile = netstat.profile(f"stack: conv{kernel}x{kernel}-2 d{dilation}")
    lost = 56 - profile.layers[-1].output_shape[-1]
    assert lost == (kernel - 1) * dilation % 2


def test_a_repeat_is_the_layer_written_so_often() -> None:
    once, written = netstat.profile("stack: conv3x3-8 x3"), netstat.profile("stack:conv3x3-8,conv3x3-8,conv3x3-8")
    assert once.layers == written.layers


def test_a_stack_is_compared_beside_models_with_the_first_of_them_as_measure() -> None:
    alexnet, three = netstat.compare("alexnet", "stack: conv3x3-256 x3").models
    assert three.params_ratio == 27 * 256**2 / 61_100_840
    assert (alexnet.receptive_field, alexnet.nonlinearities) == ((195, 195), 7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("covn3x3-256", f"stack 'covn3x3-256': unknown layer 'covn'; did you mean conv or dwconv?; {EXAMPLE}"),
        ("conv3x3-256x3", f"stack 'conv3x3-256x3': cannot read 'x3' of 'conv3x3-256x3'; {EXAMPLE}"),
        ("conv", f"stack 'conv': cannot read 'conv'; {EXAMPLE}"),
        ("conv3x3-256 x 3", f"stack 'conv3x3-256 x 3': cannot read 'x 3' of 'conv3x3-256 x 3'; {EXAMPLE}"),
        ("conv3x3-8 + ", f"stack 'conv3x3-8 +': a layer is missing before or behind + or ,; {EXAMPLE}"),
        (" ", f"stack '': it names no layers; {EXAMPLE}"),
        ("conv3x3-0", "stack 'conv3x3-0': channels of 'conv3x3-0' must be 1 or more"),
        ("conv3x3-8 x0", "repeats of 'conv3x3-8 x0' must be 1 or more"),
        ("conv3x3-8 x100000", "'conv3x3-8 x100000' may be repeated 1000 times at most"),
        ("conv3x3-8/0", "stride of 'conv3x3-8/0' must be 1 or more"),
        ("conv0-8", "kernel of 'conv0-8' must be 1 or more"),
        ("conv3x3-8 d0", "dilation of 'conv3x3-8 d0' must be 1 or more"),
        ("conv3x3-8 g0", "groups of 'conv3x3-8 g0' must be 1 or more"),
        ("conv3x3-8 g3", "'conv3x3-8 g3': 8 channels in and 8 out cannot be split into 3 groups"),
        ("conv3x3-8 + pool3x3-4", "'pool3x3-4' is a pool, which keeps its channels"),
        ("conv3x3-8 + pool2 bias", "'pool2 bias' is a pool, which has no bias"),
        ("relu x3", "cannot read 'relu x3'"),
        ("conv3x3-99999999", "cannot read '9"),
        ("dwconv3x3", "stack 'dwconv3x3' names no number of channels; write for example conv3x3-256, or give -i"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place_and_an_example(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        stack(text)
    assert said in str(error.value)


@pytest.mark.torch
@pytest.mark.parametrize(
    "text",
    ["conv3x3-8 x3", "conv1x7-8 bias + conv7x1-8/2 d2 g4 linear + tanh", "pool3x3/2 + avgpool2x2 p1 + dwconv3-4"],
)
def test_a_stacks_graph_is_that_of_its_module_and_its_module_runs(text: str) -> None:
    import torch

    from netstat.frontends.assemble import assemble
    from netstat.frontends.builder import build_graph
    from netstat.frontends.pytorch import capture
    from netstat.graph import TensorSpec

    model = stack(text)
    module, shape = assemble(model.build()), (2, *model.input_shape)
    graph = build_graph(text, model.build(), TensorSpec(shape))
    assert graph == capture(module, (torch.empty(shape, device="meta"),), name=text)
    assert tuple(module(torch.zeros(shape)).shape) == graph.nodes[-1].output.shape


@given(st.text("convdwpalgreux 0123456789-/+,.×bis", max_size=24))
def test_any_text_is_a_stack_or_is_refused(text: str) -> None:
    with suppress(UsageError):
        assert stack(text).build().steps
