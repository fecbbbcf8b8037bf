"""What other counters look at: the calls of modules, and the names that functions were called by."""

import operator

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name for it

from netstat.conventions import calls
from netstat.frontends.pytorch import capture
from netstat.graph import TORCH, Module, TensorSpec
from tests.one_operator import Calls, SubclassedConv2d

pytestmark = pytest.mark.torch


def spelled(function: object, *shape: int) -> list[tuple[str, ...]]:
    graph = capture(Calls(lambda module, x: function(x)), (torch.empty(shape or (4, 4), device="meta"),))  # type: ignore[operator]
    return [node.spelled for node in graph.nodes]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x: F.relu(x), "torch.nn.functional.relu"),
        (lambda x: torch.relu(x), "torch.relu"),
        (lambda x: x.relu(), "torch.Tensor.relu"),
        (lambda x: x + x, "torch.Tensor.__add__"),
        (lambda x: x.add(x), "torch.Tensor.add"),
        (lambda x: torch.add(x, x), "torch.add"),
        (lambda x: x @ x, "torch.Tensor.__matmul__"),
        (lambda x: x.matmul(x), "torch.Tensor.matmul"),
        (lambda x: torch.matmul(x, x), "torch.matmul"),
        (lambda x: torch.mm(x, x), "torch.mm"),
        (lambda x: x / 2, "torch.Tensor.__truediv__"),
        (lambda x: x.div(2), "torch.Tensor.div"),
        (lambda x: 1 - x, "torch.Tensor.__rsub__"),
        (lambda x: F.conv2d(x[None, None], x.new_zeros(1, 1, 3, 3)), "torch.nn.functional.conv2d"),
    ],
)
def test_a_call_is_known_by_the_name_that_code_calls(function: object, name: str) -> None:
    assert spelled(function)[-1] == (name,)


def test_a_sign_that_writes_in_place_is_told_from_the_method() -> None:
    def signs(x: Tensor) -> Tensor:
        y = x.clone()
        y += x
        y.mul_(x)
        return y

    assert spelled(signs)[1:] == [("torch.Tensor.__iadd__",), ("torch.Tensor.mul_",)]


def test_the_function_behind_a_sign_is_known_as_the_method() -> None:
    assert spelled(lambda x: operator.matmul(x, x)) == [("torch.Tensor.matmul",)]


def test_functions_inside_functions_are_known_with_those_around_them() -> None:
    names = spelled(lambda x: F.interpolate(x, 8, mode="bilinear"), 1, 2, 4, 4)
    assert names == [("torch.nn.functional.interpolate", "torch._C._nn.upsample_bilinear2d")]


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.again = self.first
        self.rest = nn.Sequential(nn.ReLU(), SubclassedConv2d(1, 2, 3))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.rest((self.first(x) + self.again(x))[None])
        return y


def test_calls_of_modules_are_known_with_their_tensors_and_what_ran_inside() -> None:
    graph = capture(Twice(), (torch.empty(4, 4, device="meta"),))
    assert [call.module.path for call in graph.calls] == ["first", "first", "rest.0", "rest.1", "rest", ""]
    assert graph.aliases == (("again", "first"),)
    inside = [[node.op for node in graph.nodes[call.start : call.stop]] for call in graph.calls]
    assert inside[:5] == [["linear"], ["linear"], ["relu"], ["conv2d"], ["relu", "conv2d"]]
    assert (graph.calls[-1].start, graph.calls[-1].stop) == (0, len(graph.nodes))
    convolution = graph.calls[3]
    assert convolution.inputs == (TensorSpec((1, 4, 4)),)
    assert convolution.outputs == (TensorSpec((2, 2, 2)),)


def test_a_module_is_known_by_its_class_where_that_is_from_and_what_it_is_in_torch() -> None:
    modules = {module.path: module for module in capture(Twice(), (torch.empty(4, 4, device="meta"),)).modules}
    assert modules[""] == Module("", "Twice", __name__, "Module", leaf=False)
    assert modules["first"] == Module("first", "Linear", TORCH, "Linear", leaf=True)
    assert modules["rest.1"] == Module("rest.1", "SubclassedConv2d", "tests.one_operator", "Conv2d", leaf=True)
    assert modules["rest"] == Module("rest", "Sequential", TORCH, "Sequential", leaf=False)


def test_a_called_module_has_its_own_parameters_and_the_models_batch() -> None:
    found = {called.call.module.path: called for called in calls(capture(Twice(), (torch.empty(4, 4, device="meta"),)))}
    assert {name: param.spec.shape for name, param in found["first"].params.items()} == {"weight": (4, 4), "bias": (4,)}
    assert found["rest"].params == {}
    assert (found["rest"].batch, found["rest"].training) == (4, False)
