"""Activation functions: exact counts per element, and curves whose gradients follow from one equation each."""

from fractions import Fraction

import pytest

import netstat
from netstat.analysis.activations import activations
from netstat.analysis.curves import CURVES, Dual
from netstat.errors import UsageError
from netstat.graph import TensorSpec
from netstat.models.activations import ACROSS_CHANNELS, ACTIVATIONS, EVERY
from netstat.ops import OPERATORS
from netstat.ops.pointwise import Activation, ParametricActivation

CORNERS = (-3, -1, -0.5, 0, 0.5, 1, 3, 6)


def test_every_activation_that_has_a_formula_is_there() -> None:
    known = {operator.name for operator in OPERATORS if issubclass(operator, (Activation, ParametricActivation))}
    assert {layer.op for layer in ACTIVATIONS.values()} == known
    assert ACTIVATIONS.keys() == CURVES.keys()


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("relu", (0, 0, 0, 1, 0)),
        ("sigmoid", (0, 1, 1, 0, 1)),
        ("tanh", (0, 0, 0, 0, 1)),
        ("silu", (1, 1, 1, 0, 1)),
        ("gelu", (2, 1, 1, 0, 1)),
        ("hardswish", (1, 1, 1, 2, 0)),
    ],
)
def test_operations_per_element_are_those_of_the_equation(name: str, counts: tuple[int, ...]) -> None:
    found = netstat.activations((5, 7, 3), batch=2, measure=False)[name]
    kinds = ("multiplies", "adds", "divides", "compares", "specials")
    assert tuple(map(found.per_element, kinds)) == counts


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 6, 96])
def test_lrns_windows_at_the_first_and_last_channels_are_counted_exactly(channels: int) -> None:
    found = netstat.activations((channels, 2, 3), measure=False)["local_response_norm"]
    in_windows = sum(1 for i in range(channels) for j in range(channels) if abs(i - j) <= 2)
    assert found.per_element("adds") == Fraction(in_windows, channels)  # one fewer inside the window, one for k
    assert (found.per_element("multiplies"), found.per_element("divides"), found.per_element("specials")) == (2, 1, 1)


def test_softmax_adds_one_fewer_than_channels() -> None:
    found = netstat.activations((10, 4, 4), measure=False)["softmax"]
    assert found.per_element("adds") == Fraction(9, 10)
    assert found.across_channels


def test_counts_are_those_of_the_papers_alexnet_after_its_first_convolution() -> None:
    rows = {row.op: row for row in reversed(netstat.profile("alexnet-paper").layers)}
    found = netstat.activations(measure=False)
    for name in ("relu", "local_response_norm"):
        assert (found[name].flops, found[name].bytes_read) == (rows[name].flops, rows[name].bytes_read)


def test_sigmoid_and_tanh_saturate_and_relu_does_not() -> None:
    found = netstat.activations(measure=False)
    assert found["sigmoid"].alive == (-4.58, 4.58)
    assert found["tanh"].alive == (-2.99, 2.99)
    assert found["relu"].alive == (0.005, 10)
    assert max(found["sigmoid"].gradient) == 0.25
    ends = {name: (found[name].gradient[0], found[name].gradient[-1]) for name in ("sigmoid", "tanh", "relu")}
    assert max(ends["sigmoid"]) < 5e-5
    assert max(ends["tanh"]) < 1e-8
    assert ends["relu"] == (0, 1)


@pytest.mark.parametrize("name", CURVES)
def test_a_gradient_is_the_limit_of_differences(name: str) -> None:
    def value(x: float) -> float:
        return CURVES[name](Dual(x)).value

    for x in (-9.7, -2.2, -0.3, 0.2, 0.7, 2.4, 5.3, 9.1):
        around = (value(x + 1e-6) - value(x - 1e-6)) / 2e-6
        assert CURVES[name](Dual(x, 1.0)).slope == pytest.approx(around, abs=1e-8)


@pytest.mark.torch
@pytest.mark.parametrize("name", CURVES)
def test_a_curve_and_its_gradient_are_those_of_torchs_module(name: str) -> None:
    import torch

    from netstat.frontends.assemble import assemble

    module = assemble(EVERY[name]).eval().double()
    found = netstat.activations(measure=False)[name]
    x = torch.tensor(netstat.activations(measure=False).x, dtype=torch.float64, requires_grad=True)
    y = module(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    smooth = [i for i, at in enumerate(x.tolist()) if at not in CORNERS]
    slopes, least = slope.tolist(), 3e-8 if name == "hardsigmoid" else 1e-12  # torch has 1/6 of its gradient at float32
    assert found.value == pytest.approx(y.tolist(), rel=1e-12, abs=1e-15)
    assert [found.gradient[i] for i in smooth] == pytest.approx([slopes[i] for i in smooth], rel=least, abs=1e-15)


@pytest.mark.torch
def test_the_module_that_is_timed_runs_each_on_the_same_input_and_costs_what_is_counted() -> None:
    import torch

    from netstat.frontends.side_by_side import SideBySide

    module = SideBySide(EVERY).eval()
    rows = netstat.profile(module, (6, 4, 4), batch=2).layers
    found = netstat.activations((6, 4, 4), batch=2, measure=False).activations
    assert [(row.path, row.module, row.flops, row.bytes_written) for row in rows] == [
        (each.name, each.module, each.flops, each.bytes_written) for each in found
    ]
    x = torch.randn(2, 6, 4, 4)
    assert torch.equal(module(x), torch.nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0)(x))


@pytest.mark.torch
@pytest.mark.slow
def test_times_are_those_of_a_benchmark_of_all_side_by_side() -> None:
    from netstat.measure.settings import QUICK

    found = netstat.activations((4, 8, 8), settings=QUICK, threads=1)
    first = (found.benchmarks or ())[0]
    assert [layer.path for layer in first.layers] == [each.name for each in found.activations]
    assert found.seconds(found["relu"], first) == first.layers[0].median_seconds
    assert (found.environment or {})["input_seed"] is not None


@pytest.mark.parametrize("shape", [(96,), ((3, 4, 4), (3, 4, 4))])
def test_a_tensor_without_positions_or_several_are_refused(shape: object) -> None:
    with pytest.raises(UsageError, match="activations take one floating-point input such as 96x55x55"):
        netstat.activations(shape, measure=False)  # type: ignore[arg-type]


def test_groups_of_functions_are_as_they_are_declared() -> None:
    found = activations(TensorSpec((1, 2, 3, 3)))
    assert [each.name for each in found.activations if each.across_channels] == list(ACROSS_CHANNELS)
