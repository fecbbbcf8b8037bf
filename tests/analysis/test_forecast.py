"""Forecasts: laws that hold for any device and any constants, and the model worked out by hand."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat
from netstat.analysis.devices import Specification, specification, specifications
from netstat.analysis.efficiency import VECTOR, efficiencies
from netstat.analysis.forecast import Rates, forecast, needed_bytes
from netstat.analysis.memory import inference_need
from netstat.analysis.work import ATTENTION, CONVOLUTION, FAMILIES, GROUPED, MEMORY, PRODUCT, SMALL, works
from netstat.errors import ModelError, UsageError
from netstat.frontends.inputs import inputs_of
from netstat.frontends.resolve import resolve
from netstat.graph import PARAMETER, Graph, Node, TensorSpec
from netstat.records.forecast import REMARKS

DEVICES = st.sampled_from(list(specifications().values()))
KNOWN = st.sampled_from(list(efficiencies().values()))
SIZES = st.integers(0, 10**15)
TIMES = st.floats(1.0, 16.0)


def graph(model: str = "alexnet", batch: int = 1, dtype: str = "float32") -> Graph:
    return resolve(model, inputs_of(None, batch, dtype)).graph


ALEXNET = graph()


def changed(device: Specification, peak: float = 1.0, bandwidth: float = 1.0) -> Specification:
    """The device with more of everything."""
    peaks = {dtype: peak * value for dtype, value in device.peaks.items()}
    return device._replace(peaks=peaks, bytes_per_second=bandwidth * device.bytes_per_second)


@given(DEVICES, TIMES)
def test_more_bandwidth_is_never_slower(device: Specification, times: float) -> None:
    wider = forecast(ALEXNET, changed(device, bandwidth=times), "fp32", training=True)
    assert wider.seconds <= forecast(ALEXNET, device, "fp32", training=True).seconds


@given(DEVICES, TIMES)
def test_a_higher_peak_is_never_slower(device: Specification, times: float) -> None:
    faster = forecast(ALEXNET, changed(device, peak=times), "fp32", training=True)
    assert faster.seconds <= forecast(ALEXNET, device, "fp32", training=True).seconds


@given(KNOWN, st.sampled_from(FAMILIES), SIZES, SIZES, SIZES, SIZES)
def test_more_work_is_never_faster(
    known: "efficiencies",
    family: str,
    flops: int,
    more: int,
    moved: int,
    further: int,  # type: ignore[valid-type]
) -> None:
    rates = Rates(1e13, 1e12, known)
    assert rates.time(family, flops, moved)[0] <= rates.time(family, flops + more, moved + further)[0]


@given(DEVICES, st.integers(1, 64), st.integers(1, 64), st.booleans())
def test_a_larger_batch_is_never_faster(device: Specification, batch: int, more: int, training: bool) -> None:
    small, large = (forecast(graph("lenet", size), device, "fp32", training=training) for size in (batch, batch + more))
    assert small.seconds <= large.seconds
    assert small.needed_bytes <= large.needed_bytes


@given(DEVICES, st.booleans(), st.integers(1, 300))
def test_the_interval_holds_the_point_and_the_parts_add_up(device: Specification, training: bool, batch: int) -> None:
    made = forecast(graph("lenet", batch), device, "fp32", training=training)
    low, high = made.interval_seconds
    assert 0 < low < made.seconds < high
    assert made.forward_seconds + made.backward_seconds + made.update_seconds == pytest.approx(made.seconds, rel=1e-12)
    assert set(made.remarks) <= REMARKS.keys()
    if "launches" not in made.remarks:
        layers = sum(layer.seconds + layer.backward_seconds for layer in made.layers)
        assert layers + made.update_seconds == pytest.approx(made.seconds, rel=1e-12)


def test_a_layer_takes_the_longer_of_its_arithmetic_and_its_traffic_and_its_start() -> None:
    device, known = specification("titan-x-maxwell"), efficiencies()[VECTOR]
    first = forecast(graph(batch=128), device, "fp32").layers[0]
    flops = 2 * 128 * 70_276_800
    moved = 4 * 128 * (3 * 224 * 224 + 64 * 55 * 55) + 4 * 23_296
    compute, memory = flops / (known.shares[CONVOLUTION] * 6.6e12), moved / (known.shares[MEMORY] * 336.5e9)
    assert (first.path, first.flops, first.bytes_moved, first.roof) == ("features.0", flops, moved, "compute")
    assert compute > memory
    assert first.seconds == pytest.approx(compute + known.operator_seconds, rel=1e-12)


def test_a_host_that_is_slower_than_the_device_sets_the_time_and_not_the_low_end() -> None:
    made = forecast(graph(dtype="float16"), specification("h200"), "fp16")
    known = efficiencies()["matrix"]
    alone = sum(layer.seconds for layer in made.layers)
    assert "launches" in made.remarks
    assert made.seconds == pytest.approx(known.launch_seconds * len(made.layers), rel=1e-12)
    assert made.interval_seconds[0] == pytest.approx(alone / known.unseen_factor, rel=1e-12)


def test_a_device_without_times_has_the_wider_interval_and_says_so() -> None:
    seen, unseen = (forecast(ALEXNET, specification(name), "fp32") for name in ("v100", "rtx-4090"))
    assert ("unseen" in seen.remarks, "unseen" in unseen.remarks) == (False, True)
    assert unseen.interval_seconds[1] / unseen.seconds > seen.interval_seconds[1] / seen.seconds


@pytest.mark.parametrize(
    ("model", "families"),
    [
        ("alexnet", {CONVOLUTION, SMALL, PRODUCT, MEMORY}),
        ("alexnet-bvlc", {CONVOLUTION, SMALL, GROUPED, PRODUCT, MEMORY}),
        ("vgg16", {SMALL, PRODUCT, MEMORY}),
    ],
)
def test_work_is_told_by_kind(model: str, families: set[str]) -> None:
    assert {work.family for work in works(graph(model))} == families


@pytest.mark.torch
@pytest.mark.parametrize(
    ("sizes", "family"),
    [({}, SMALL), ({"dilation": 2}, CONVOLUTION), ({"stride": 2}, CONVOLUTION), ({"groups": 2}, GROUPED)],
)
def test_only_a_dense_kernel_of_3_by_3_is_done_with_fewer_multiplications(sizes: dict[str, int], family: str) -> None:
    from torch import nn

    made = netstat.forecast(nn.Conv2d(4, 4, 3, **sizes), (4, 9, 9), device="h100")  # type: ignore[arg-type]
    assert [layer.family for layer in made[0].layers] == [family]


@pytest.mark.torch
def test_products_of_activations_are_a_kind_of_their_own() -> None:
    from torch import nn

    made = netstat.forecast(nn.MultiheadAttention(16, 2), [(3, 16)] * 3, device="a100", dtype="bf16")
    assert {layer.family for layer in made[0].layers} >= {ATTENTION, PRODUCT}


def test_twice_the_gradients_are_twice_the_arithmetic_of_a_layer_inside() -> None:
    inside = next(work for work in works(ALEXNET, backward=True) if work.node.path == "features.3")
    first = next(work for work in works(ALEXNET, backward=True) if work.node.path == "features.0")
    assert inside.backward_flops == 2 * inside.flops
    assert first.backward_flops == first.flops  # the images want no gradient
    assert (inside.gradients, first.gradients) == (2, 1)


def test_a_forward_pass_needs_what_is_said_of_its_memory() -> None:
    for batch in (1, 64):
        made = forecast(graph(batch=batch), specification("h100"), "fp32")
        assert made.needed_bytes == inference_need(graph(batch=batch)).peak_bytes


@pytest.mark.torch
def test_nothing_goes_back_through_what_is_frozen_and_before_it() -> None:
    from torch import nn

    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU())
    for module in model[:2]:
        module.requires_grad_(False)
    layers = netstat.forecast(model, (3, 8, 8), device="h100", training=True)[0].layers
    assert {layer.path for layer in layers if layer.backward_seconds} == {"3", "4"}
    assert {layer.path for layer in layers} == {"0", "1", "2", "3", "4"}


def test_what_alexnet_needs_for_training_by_hand() -> None:
    """A gradient and a momentum for each parameter, or beside the momentum what features.2 reads and makes."""
    params, image = 4 * 61_100_840, 4 * 3 * 224 * 224
    assert needed_bytes(ALEXNET, training=True) == 3 * params + image
    pooled = 4 * (64 * 55 * 55 + 64 * 27 * 27)
    assert needed_bytes(graph(batch=512), training=True) == 2 * params + 512 * (image + pooled)


@pytest.mark.torch
def test_what_products_need_for_their_gradients_is_kept_to_the_end_of_the_forward_pass() -> None:
    from torch import nn

    stack = nn.Sequential(*(nn.Linear(8, 8, bias=False) for _ in range(4)))
    made = netstat.forecast(stack, (8,), device="h100", batch=1000, training=True)[0]
    assert made.needed_bytes == 4 * (2 * 4 * 64 + 1000 * 8 * (1 + 4))
    for module in stack:
        module.requires_grad_(False)
    assert netstat.forecast(stack, (8,), device="h100", batch=1000, training=True)[0].needed_bytes == 4 * (
        4 * 64 + 1000 * 8 * (1 + 2)
    )


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize("batch", [1, 32])
@pytest.mark.parametrize("model", ["lenet", "alexnet", "vgg11", "torchvision:resnet18", "torchvision:swin_t"])
def test_what_training_needs_at_the_least_is_less_than_what_torch_takes(model: str, batch: int) -> None:
    said = netstat.memory(model, batch=batch).training_peak_bytes
    assert said is not None
    assert said / 4 < netstat.forecast(model, device="h100", batch=batch, training=True)[0].needed_bytes <= said


def test_what_does_not_fit_is_said() -> None:
    made = forecast(graph("vgg16", 128), specification("gtx-580"), "fp32", training=True)
    assert "does_not_fit" in made.remarks
    assert made.fits is False
    assert forecast(ALEXNET, specification("epyc-9654"), "fp32").fits is None


def test_several_devices_are_a_sequence_in_the_order_they_were_named() -> None:
    made = netstat.forecast("alexnet", device=["h100", "k40"], batch=8)
    assert [each.device.name for each in made.forecasts] == ["h100", "k40"]
    assert (len(made), made[1].batch, made[0].examples_per_second) == (2, 8, 8 / made[0].seconds)


def test_half_precision_halves_the_bytes() -> None:
    wide, narrow = (netstat.forecast("vgg11", device="a100", dtype=dtype)[0] for dtype in ("tf32", "bf16"))
    assert [2 * layer.bytes_moved for layer in narrow.layers] == [layer.bytes_moved for layer in wide.layers]


def test_parameters_alone_have_no_forward_pass_to_forecast() -> None:
    tensor = Node(PARAMETER, "weight", "", True, True, 0, (), {}, (TensorSpec((3, 3)),))
    with pytest.raises(ModelError, match="'tensors' has no forward pass to forecast"):
        netstat.forecast(Graph("tensors", (), (tensor,)), device="h100")


@pytest.mark.parametrize(
    ("device", "dtype", "said"),
    [
        ("h1000", "fp32", "unknown device 'h1000'"),
        ("k40", "bf16", "no peak in bf16"),
        ("h100", "fp64", "unknown dtype"),
    ],
)
def test_what_is_not_on_record_is_refused_in_one_line(device: str | Sequence[str], dtype: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        netstat.forecast("alexnet", device=device, dtype=dtype)
    assert "\n" not in str(refused.value)
