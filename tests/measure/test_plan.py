"""What is timed of real models: every operator of the graph that costs something, by the graph's own names."""

import pytest

from netstat.frontends.subject import Inputs
from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from netstat.measure.layers import LayerTimer
from netstat.measure.plan import costly
from tests.measure.fakes import FakeClock
from tests.measure.models import torch

pytestmark = [pytest.mark.torch, pytest.mark.slow]

Names = list[tuple[str, str, int]]


def timed_and_costly(name: str) -> tuple[Names, Names, Names]:
    """Rows of the profile with a time, rows that cost something, and all rows; it runs on the meta device."""
    from netstat.frontends.resolve import resolve

    subject = resolve(name, Inputs())
    graph, model = subject.graph, subject.module().to("meta").eval()
    inputs = [torch.empty(spec.shape, device="meta") for _, spec in graph.inputs]
    timer = LayerTimer(model, lambda: model(*inputs), Stopwatch(FakeClock(), find("cpu")), graph)
    with torch.inference_mode():
        timer.run()
    rows = [(row.path, row.op, row.call) for layer in timer.parts([timer.hooked]).layers for row in layer.rows]
    cost, every = ([(node.path, node.op, node.call) for node in nodes] for nodes in (costly(graph.nodes), graph.nodes))
    return rows, cost, every


@pytest.mark.parametrize(
    "name", ["alexnet", "vgg16-functional", "resnet50", "mobilenet_v2", "googlenet", "densenet121", "vit_b_16"]
)
def test_every_operator_that_costs_something_is_timed_once_under_its_name(name: str) -> None:
    timed, cost, every = timed_and_costly(name)
    assert len(timed) == len(set(timed))
    assert set(cost) <= set(timed) <= set(every)
    assert {op for _, op, _ in set(timed) - set(cost)} <= {"dropout"}


def test_where_functions_copy_what_mostly_is_a_view_all_of_them_are_timed() -> None:
    timed, cost, every = timed_and_costly("swin_t")
    assert len(timed) == len(set(timed))
    assert set(cost) <= set(timed) <= set(every)
    assert {op for _, op, _ in set(timed) - set(cost)} == {
        "reshape",
        "flatten",
        "permute",
        "contiguous",
        "getitem",
        "dropout",
    }
