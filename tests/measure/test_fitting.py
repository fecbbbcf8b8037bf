"""What a forward pass needs at the least is computed before it runs, and refused where it is not there."""

from dataclasses import replace

import pytest

from netstat.errors import ModelError
from netstat.graph import Argument, Graph, Node, Source, TensorSpec
from netstat.measure.fitting import bytes_needed, check_fits
from netstat.measure.precision import find
from tests.measure.fakes import FakeClock, FakeDevice

pytestmark = pytest.mark.torch

INPUT = TensorSpec((2, 3))
LINEAR = Node(
    op="linear",
    path="",
    module="Linear",
    stock=True,
    leaf=True,
    call=0,
    arguments=(
        Argument("input", INPUT, Source("input", "input")),
        Argument("weight", TensorSpec((5, 3)), Source("param", "weight")),
    ),
    attributes={},
    outputs=(TensorSpec((2, 5)),),
)
GRAPH = Graph("linear", (("input", INPUT),), (LINEAR,))


@pytest.mark.parametrize(("dtype", "size"), [("float32", 4), ("bfloat16", 2)])
def test_the_need_is_parameters_and_the_hungriest_operators_tensors(dtype: str, size: int) -> None:
    from torch import nn

    needed = bytes_needed(nn.Linear(3, 5), GRAPH.inputs, find(dtype), GRAPH, moved=True)
    assert needed == size * ((5 * 3 + 5) + 2 * 3 + 2 * 5)


def test_buffers_that_are_no_floats_keep_their_size() -> None:
    from torch import nn

    needed = bytes_needed(nn.BatchNorm2d(3), [], find("float16"), None, moved=True)
    assert needed == 2 * 4 * 3 + 8  # weight, bias, mean and variance of 3; one int64 counter


def test_an_output_written_over_an_input_is_that_input() -> None:
    from torch import nn

    relu = LINEAR._replace(op="relu", arguments=LINEAR.arguments[:1], outputs=(INPUT,), fresh=False)
    assert bytes_needed(nn.ReLU(), [], find("float32"), replace(GRAPH, nodes=(relu,)), moved=True) == 4 * 2 * 3


def test_parameters_that_are_in_place_already_need_nothing_more() -> None:
    from torch import nn

    assert bytes_needed(nn.Linear(3, 5), GRAPH.inputs, find("float32"), GRAPH, moved=False) == 4 * (2 * 3 + 2 * 5)


def test_without_a_graph_the_inputs_are_all_that_is_known() -> None:
    from torch import nn

    inputs = [("ids", TensorSpec((4, 8), "int64")), ("x", TensorSpec((4, 8)))]
    assert bytes_needed(nn.Linear(3, 5), inputs, find("float16"), None, moved=False) == 4 * 8 * (8 + 2)


def test_a_tensor_that_is_needed_later_counts_until_then() -> None:
    """x is added to what two layers make of it: at the addition three tensors are there."""
    from torch import nn

    made, size = Source("node", node=0), TensorSpec((2, 5))
    relu = LINEAR._replace(op="relu", arguments=(Argument("input", size, made),), outputs=(size,))
    tanh = relu._replace(op="tanh", arguments=(Argument("input", size, Source("node", node=1)),))
    added = (Argument("input", size, Source("node", node=2)), Argument("other", size, made))
    graph = replace(GRAPH, nodes=(LINEAR, relu, tanh, relu._replace(op="add", arguments=added)))
    assert bytes_needed(nn.ReLU(), [], find("float32"), graph, moved=False) == 4 * (2 * 3 + 3 * 2 * 5)


@pytest.mark.slow
def test_nothing_is_refused_that_would_have_fitted() -> None:
    """What is asked for is never more than what the allocator hands out, and equal to it but for workspace."""
    import netstat
    from netstat.frontends.resolve import resolve
    from netstat.frontends.subject import Inputs

    for name in ("lenet", "torchvision:resnet18", "torchvision:mobilenet_v2"):
        measured = (netstat.memory(name, training=False, measure=True).measured or ())[0]
        subject = resolve(name, Inputs())
        needed = bytes_needed(subject.module(), subject.graph.inputs, find("float32"), subject.graph, moved=True)
        assert needed == measured.tensor_peak_bytes
        assert needed <= measured.peak_bytes


def test_what_fits_to_the_byte_fits() -> None:
    check_fits(100, FakeDevice(FakeClock(), free=100))
    check_fits(10**15, FakeDevice(FakeClock(), free=None))


def test_what_does_not_fit_is_refused_with_both_figures() -> None:
    with pytest.raises(ModelError, match=r"need 3.00 GiB, fake has 2.00 MiB left; use a smaller batch"):
        check_fits(3 * 2**30, FakeDevice(FakeClock(), free=2 * 2**20))
