"""Times per layer, on clocks whose every reading is known."""

from dataclasses import replace
from typing import Any

import pytest

from netstat.frontends.pytorch import capture
from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from netstat.measure.layers import RESOLUTION, Calibration, LayerTimer, Parts, calibrate
from netstat.measure.passes import HOLD
from netstat.records.benchmark import ContainerTime, LayerTime, Row
from tests.measure.fakes import TICK, FakeClock, FakeDevice
from tests.measure.models import Around, Busy, FailsAtCall, Queued, Residual, Slow, nn, torch

pytestmark = pytest.mark.torch
X = torch.zeros(1)
FREE = Calibration(0.0, 0.0)


def timer_of(module: nn.Module, clock: FakeClock, device: FakeDevice | None = None, x: Any = X) -> LayerTimer:
    """Of a model, with its graph where that can be captured without spending time."""
    return LayerTimer(module, lambda: module(x), Stopwatch(clock, device or find("cpu")))


def timer_with_graph(module: nn.Module, clock: FakeClock, device: FakeDevice | None = None) -> LayerTimer:
    module.eval()
    graph = capture(module, (X,))
    return LayerTimer(module, lambda: module(X), Stopwatch(clock, device or find("cpu")), graph)


def parts(timer: LayerTimer, calibration: Calibration) -> Parts:
    return timer.parts([replace(timer.hooked, calibration=calibration)])


def layers(timer: LayerTimer, calibration: Calibration) -> tuple[LayerTime, ...]:
    return parts(timer, calibration).layers


def containers(timer: LayerTimer, calibration: Calibration) -> tuple[ContainerTime, ...]:
    return parts(timer, calibration).containers


def times(timer: LayerTimer, calibration: Calibration = FREE) -> dict[tuple[str, int], float]:
    return {(layer.path, layer.call): layer.median_seconds for layer in layers(timer, calibration)}


def rows(timer: LayerTimer, calibration: Calibration = FREE) -> dict[tuple[str, str, int], float]:
    return {(layer.path, layer.op, layer.call): layer.median_seconds for layer in layers(timer, calibration)}


def test_each_leaf_takes_its_own_time_and_the_hooks_reading_is_taken_off() -> None:
    clock = FakeClock(tick=TICK)
    timer = timer_of(nn.Sequential(Busy(clock, 0.25), Around(clock, Busy(clock, 0.5), own=1.0)), clock)
    timer.run()
    calibration = calibrate(Stopwatch(clock, find("cpu")))
    assert calibration == Calibration(TICK, TICK)
    assert times(timer, calibration) == {("0", 0): 0.25, ("1.inner", 0): 0.5}


def test_every_call_of_a_module_is_a_row_of_its_own() -> None:
    clock = FakeClock()
    timer = timer_of(Around(clock, Busy(clock, 0.5), own=0.0, times=3), clock)
    timer.run(calls=2)
    assert times(timer) == {("inner", call): 0.5 for call in range(3)}


def test_a_layers_time_is_that_in_the_median_pass() -> None:
    clock = FakeClock()
    timer = timer_of(Busy(clock, 0.5, jitter=8.0), clock)
    timer.run(calls=3)
    assert times(timer) == {("", 0): 0.5}


def test_a_time_below_the_hooks_own_is_not_cut_off() -> None:
    clock = FakeClock()
    timer = timer_of(nn.Sequential(Busy(clock, 0.25)), clock)
    timer.run()
    (layer,) = layers(timer, Calibration(0.5, 0.0))
    assert (layer.median_seconds, layer.below) == (-0.25, RESOLUTION * 0.5)


def test_the_rehearsal_is_not_kept() -> None:
    clock = FakeClock()
    timer = timer_of(Busy(clock, 0.5), clock)
    timer.ready()
    assert layers(timer, FREE) == ()


def test_a_function_in_a_containers_own_forward_has_a_time_of_its_own() -> None:
    clock = FakeClock(tick=TICK)
    timer = timer_with_graph(Residual(), clock)
    with Slow(clock, {torch.Tensor.add: 0.25, torch.nn.functional.relu: 0.5}):
        timer.run(calls=2)
    calibration = calibrate(Stopwatch(clock, find("cpu")))
    assert rows(timer, calibration) == {
        ("body", "linear", 0): 0.0,
        ("", "add", 0): 0.25,
        ("", "relu", 0): 0.5,
        ("", "add", 1): 0.25,
    }


def test_functions_are_calibrated_apart_from_modules() -> None:
    clock = FakeClock()
    timer = timer_with_graph(Residual(), clock)
    timer.run()
    found = {layer.op: (layer.median_seconds, layer.below) for layer in layers(timer, Calibration(0.5, 0.25))}
    assert found == {op: (-empty, RESOLUTION * empty) for op, empty in (("linear", 0.5), ("add", 0.25), ("relu", 0.25))}


def test_what_a_leaf_calls_is_part_of_it_and_meets_no_mode() -> None:
    clock = FakeClock()
    seen: list[int] = []

    class Looks(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(torch._C._len_torch_function_stack())
            clock.spend(0.25)
            return super().forward(x)

    timer = timer_with_graph(Residual(Looks(1, 1)), clock)
    before = clock.time
    seen.clear()
    timer.run()
    assert clock.time - before == 2 * 0.25  # with hooked layers, and with hooked containers
    assert seen == [0, 0]
    assert rows(timer)["body", "linear", 0] == 0.25


def test_a_module_without_children_that_makes_several_operators_is_taken_apart() -> None:
    class Swish(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * torch.sigmoid(x)

    clock = FakeClock()
    timer = timer_with_graph(nn.Sequential(Swish(), nn.ReLU()), clock)
    with Slow(clock, {torch.sigmoid: 0.5, torch.Tensor.mul: 0.25}):
        timer.run()
    assert rows(timer) == {("0", "sigmoid", 0): 0.5, ("0", "mul", 0): 0.25, ("1", "relu", 0): 0.0}


def test_a_function_written_in_python_is_timed_by_what_it_calls() -> None:
    class Attends(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.gumbel_softmax(x)

    clock = FakeClock()
    graph = capture(Attends(), (X,))
    timer = timer_with_graph(Attends(), clock)
    timer.run()
    assert [(layer.op, layer.call) for layer in layers(timer, FREE)] == [
        (node.op, node.call) for node in graph.nodes if node.op in {layer.op for layer in layers(timer, FREE)}
    ]
    assert "softmax" in {layer.op for layer in layers(timer, FREE)}


def test_functions_whose_results_are_no_tensors_do_no_harm() -> None:
    class Asks(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            sizes, equal = x.size(), torch.equal(x, x)
            assert (x.dim(), tuple(sizes), x.is_floating_point(), equal) == (1, (1,), True, True)
            values, _ = torch.max(x + len(x.shape), dim=0)
            return values.to(torch.float32) + x.shape[0]

    clock = FakeClock()
    model = Asks().eval()
    graph = capture(nn.Sequential(nn.Identity()), (X,))  # of something else: nothing in it is looked for
    timer = LayerTimer(model, lambda: model(X), Stopwatch(clock, find("cpu")), graph)
    timer.run()
    assert layers(timer, FREE) == ()


def test_a_unit_of_several_operators_says_which_rows_it_covers() -> None:
    model = nn.Sequential(nn.MultiheadAttention(4, 2, batch_first=True)).eval()

    class Itself(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = model[0]

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            result: torch.Tensor = self.attention(x, x, x, need_weights=False)[0]
            return result

    x, clock = torch.zeros(1, 3, 4), FakeClock()
    attends = Itself().eval()
    timer = LayerTimer(attends, lambda: attends(x), Stopwatch(clock, find("cpu")), capture(attends, (x,)))
    timer.run()
    (layer,) = layers(timer, FREE)
    assert (layer.path, layer.op, layer.call) == ("attention", "linear+scaled_dot_product_attention", 0)
    assert layer.family == "fully connected+attention"
    names = ("linear", 0), ("scaled_dot_product_attention", 0), ("linear", 1)
    assert layer.rows == tuple(Row("attention", op, call) for op, call in names)


def test_containers_are_timed_with_all_that_is_in_them() -> None:
    clock = FakeClock(tick=TICK)
    inner = Around(clock, Busy(clock, 0.25), own=0.5, times=2)
    timer = timer_of(nn.Sequential(inner, Busy(clock, 1.0), inner), clock)
    timer.run()
    assert [(each.path, each.call, each.module, each.median_seconds) for each in containers(timer, FREE)] == [
        ("", 0, "Sequential", 3.0 + 5 * TICK),
        ("0", 0, "Around", 1.0 + TICK),
        ("0", 1, "Around", 1.0 + TICK),
    ]


def test_a_containers_own_hook_is_taken_off_and_those_inside_widen_what_cannot_be_told() -> None:
    clock = FakeClock()
    timer = timer_of(nn.Sequential(nn.Sequential(Busy(clock, 1.0)), nn.Sequential(Busy(clock, 1.0))), clock)
    timer.run()
    found = {each.path: (each.median_seconds, each.below) for each in containers(timer, Calibration(0.25))}
    assert found == {"": (1.75, RESOLUTION * 0.75), "0": (0.75, RESOLUTION * 0.25), "1": (0.75, RESOLUTION * 0.25)}


def test_hooked_containers_do_not_enter_the_layers_passes() -> None:
    clock = FakeClock(tick=TICK)
    timer = timer_of(nn.Sequential(nn.Sequential(Busy(clock, 1.0))), clock)
    for _ in range(3):
        timer.run()
    assert timer.hooked.totals == (1.0 + 3 * TICK,) * 3
    assert [[path for (path, _), _ in each.calls] for each in timer.hooked.containers] == [["0", ""]] * 2


def test_layers_of_a_queued_device_show_its_time_and_not_the_hosts() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    model = nn.Sequential(*(Queued(clock, device, launch=1.0, work=0.25) for _ in range(4)))
    timer = timer_of(model, clock, device)
    timer.ready()
    timer.run()
    assert times(timer) == {(str(index), 0): 0.25 for index in range(4)}
    assert timer.hooked.totals == (1.0,)
    assert [each.median_seconds for each in containers(timer, FREE)] == [1.0]
    assert device.held[-2:] == [HOLD * 4.0] * 2


def test_functions_on_a_queued_device_show_its_time_and_not_the_hosts() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    timer = timer_with_graph(
        Residual(nn.Sequential(nn.Linear(1, 1), Queued(clock, device, launch=1.0, work=0.25))), clock, device
    )
    with Slow(clock, {torch.Tensor.add: 1.0}, device, work=0.125):
        timer.ready()
        timer.run()
    assert rows(timer) == {
        ("body.0", "linear", 0): 0.0,
        ("", "add", 0): 0.125,
        ("", "relu", 0): 0.0,
        ("", "add", 1): 0.125,
    }


def test_on_a_device_that_is_the_slower_one_the_layers_are_the_same() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    timer = timer_of(nn.Sequential(*(Queued(clock, device, launch=0.25, work=2.0) for _ in range(3))), clock, device)
    timer.ready()
    timer.run(calls=2)
    assert times(timer) == {(str(index), 0): 2.0 for index in range(3)}
    assert timer.hooked.totals == (6.0, 6.0)


def test_hooks_of_the_model_itself_are_part_of_its_layer() -> None:
    clock = FakeClock()
    model = nn.Sequential(Busy(clock, 0.5))
    model[0].register_forward_pre_hook(lambda module, args: clock.spend(0.25))
    model[0].register_forward_hook(lambda module, args, output: clock.spend(0.125))
    timer = timer_of(model, clock)
    timer.run()
    assert times(timer) == {("0", 0): 0.875}


def test_a_module_that_calls_itself_is_timed_once() -> None:
    clock = FakeClock()

    class Recurses(nn.Linear):
        def forward(self, x: torch.Tensor, depth: int = 3) -> torch.Tensor:
            clock.spend(0.25)
            result: torch.Tensor = self(x, depth - 1) if depth else super().forward(x)
            return result

    timer = timer_with_graph(nn.Sequential(Recurses(1, 1)), clock)
    timer.run(calls=2)
    assert rows(timer) == {("0", "linear", 0): 1.0}


def test_a_unit_inside_a_unit_is_part_of_the_outer_one() -> None:
    clock = FakeClock()

    class Borrows(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            result: torch.Tensor = self.lender[0](x)  # type: ignore[index,operator]
            clock.spend(0.25)
            return result

    lender = nn.Linear(1, 1)
    borrower = Borrows(1, 1)
    borrower.lender = [lender]  # type: ignore[assignment]
    timer = timer_with_graph(nn.Sequential(lender, borrower, lender), clock)
    timer.run()
    assert [(layer.path, layer.op, layer.call, layer.covers) for layer in layers(timer, FREE)] == [
        ("0", "linear", 0, ()),
        ("1", "linear", 0, (Row("0", "linear", 1),)),
        ("0", "linear", 2, ()),
    ]


def test_a_forward_that_catches_what_a_layer_raises_is_timed_all_the_same() -> None:
    clock = FakeClock()

    class Raises(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            super().forward(x)
            raise ValueError("not today")

    class Catches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = Raises(1, 1), nn.Linear(1, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            try:
                self.first(x)
            except ValueError:
                clock.spend(0.5)
            result: torch.Tensor = self.second(x) + x
            return result

    timer = timer_with_graph(Catches(), clock)
    with Slow(clock, {torch.Tensor.add: 0.25}):
        timer.run(calls=2)
    assert rows(timer) == {("second", "linear", 0): 0.0, ("", "add", 0): 0.25}


def test_a_model_that_fails_says_so_and_may_be_timed_again() -> None:
    clock = FakeClock()
    model = FailsAtCall(fails_at=1).eval()
    timer = LayerTimer(model, lambda: model(torch.zeros(1, 1, 8, 8)), Stopwatch(clock, find("cpu")))
    with pytest.raises(ValueError, match="broke off"):
        timer.run()
    timer.run()
    assert [path for path, _ in times(timer)] == ["body.0", "body.1", "body.2", "body.3", "last"]
