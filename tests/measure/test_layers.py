"""Times per leaf module call, on clocks whose every reading is known."""

import pytest

from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from netstat.measure.layers import HOLD, RESOLUTION, LayerTimer, calibrate, hooked, leaves
from tests.measure.fakes import TICK, FakeClock, FakeDevice
from tests.measure.models import Around, Busy, FailsAtCall, Queued, nn, torch

pytestmark = pytest.mark.torch
X = torch.zeros(1)


def hooks_of(module: nn.Module) -> list[int]:
    return [len(part._forward_hooks) + len(part._forward_pre_hooks) for part in module.modules()]


def timer_of(module: nn.Module, clock: FakeClock, device: FakeDevice | None = None) -> LayerTimer:
    return LayerTimer(leaves(module), lambda: module(X), Stopwatch(clock, device or find("cpu")))


def times(timer: LayerTimer, calibration: float = 0.0) -> dict[tuple[str, int], float]:
    return {(layer.path, layer.call): layer.median_seconds for layer in timer.layers(calibration, {})}


def test_leaves_are_modules_without_children() -> None:
    model = nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU(), nn.Identity()))
    assert list(leaves(model)) == ["0", "1.0", "1.1"]
    assert list(leaves(nn.Linear(1, 1))) == [""]


def test_a_module_at_two_paths_goes_by_the_first() -> None:
    shared = nn.ReLU()
    assert list(leaves(nn.Sequential(shared, nn.Identity(), shared))) == ["0", "1"]


def test_each_leaf_takes_its_own_time_and_the_hooks_reading_is_taken_off() -> None:
    clock = FakeClock(tick=TICK)
    timer = timer_of(nn.Sequential(Busy(clock, 0.25), Around(clock, Busy(clock, 0.5), own=1.0)), clock)
    timer.run()
    calibration = calibrate(Stopwatch(clock, find("cpu")))
    assert calibration == TICK
    assert times(timer, calibration) == {("0", 0): 0.25, ("1.inner", 0): 0.5}


def test_every_call_of_a_module_is_a_row_of_its_own() -> None:
    clock = FakeClock()
    timer = timer_of(Around(clock, Busy(clock, 0.5), own=0.0, times=3), clock)
    timer.run(calls=2)
    assert times(timer) == {("inner", call): 0.5 for call in range(3)}


def test_a_layers_time_is_its_median() -> None:
    clock = FakeClock()
    timer = timer_of(nn.Sequential(Busy(clock, 0.5, jitter=8.0)), clock)
    timer.run(calls=3)
    assert times(timer) == {("0", 0): 0.5}


def test_a_time_below_the_hooks_own_is_not_cut_off() -> None:
    clock = FakeClock()
    timer = timer_of(nn.Sequential(Busy(clock, 0.25)), clock)
    timer.run()
    (layer,) = timer.layers(0.5, {"0": "relu"})
    assert (layer.median_seconds, layer.below, layer.op) == (-0.25, RESOLUTION * 0.5, "relu")


def test_the_rehearsal_is_not_kept() -> None:
    clock = FakeClock()
    timer = timer_of(Busy(clock, 0.5), clock)
    timer.rehearse()
    assert timer.layers(0.0, {}) == ()


def test_a_model_without_modules_to_call_has_no_layers() -> None:
    clock = FakeClock()
    timer = LayerTimer({}, lambda: clock.spend(0.5), Stopwatch(clock, find("cpu")))
    timer.run()
    assert (timer.layers(0.0, {}), timer.totals) == ((), [0.5])


def test_layers_of_a_queued_device_show_its_time_and_not_the_hosts() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    model = nn.Sequential(*(Queued(clock, device, launch=1.0, work=0.25) for _ in range(4)))
    timer = timer_of(model, clock, device)
    timer.rehearse()
    timer.run()
    assert times(timer) == {(str(index), 0): 0.25 for index in range(4)}
    assert timer.totals == [1.0]
    assert device.held == [HOLD * 4.0]


def test_on_a_device_that_is_the_slower_one_the_layers_are_the_same() -> None:
    clock = FakeClock()
    device = FakeDevice(clock)
    timer = timer_of(nn.Sequential(*(Queued(clock, device, launch=0.25, work=2.0) for _ in range(3))), clock, device)
    timer.rehearse()
    timer.run(calls=2)
    assert times(timer) == {(str(index), 0): 2.0 for index in range(3)}
    assert timer.totals == [6.0, 6.0]


def test_hooks_are_gone_afterwards() -> None:
    model = FailsAtCall().eval()
    before = hooks_of(model)
    with hooked(leaves(model), lambda: 0.0) as readings:
        model(torch.zeros(1, 1, 8, 8))
        assert [path for path, *_ in readings] == ["body.0", "body.1", "body.2", "body.3", "last"]
    assert hooks_of(model) == before


def test_hooks_are_gone_after_a_forward_that_raises() -> None:
    model = FailsAtCall(fails_at=1).eval()
    before = hooks_of(model)
    with pytest.raises(ValueError, match="broke off"), hooked(leaves(model), lambda: 0.0):
        model(torch.zeros(1, 1, 8, 8))
    assert hooks_of(model) == before


def test_hooks_are_gone_where_one_cannot_be_set() -> None:
    model = nn.Sequential(nn.ReLU())
    with pytest.raises(AttributeError), hooked({"0": model[0], "1": None}, lambda: 0.0):  # type: ignore[dict-item]
        pass
    assert hooks_of(model) == [0, 0]


def test_hooks_of_the_model_itself_stay_and_are_part_of_its_layer() -> None:
    clock = FakeClock()
    model = nn.Sequential(Busy(clock, 0.5))
    model[0].register_forward_pre_hook(lambda module, args: clock.spend(0.25))
    model[0].register_forward_hook(lambda module, args, output: clock.spend(0.125))
    before = hooks_of(model)
    timer = timer_of(model, clock)
    timer.run()
    assert times(timer) == {("0", 0): 0.875}
    assert hooks_of(model) == before


def test_a_forward_that_catches_what_a_layer_raises_is_timed_all_the_same() -> None:
    clock = FakeClock()

    class Raises(nn.Module):
        def forward(self, x: object) -> None:
            raise ValueError("not today")

    class Catches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = Raises(), Busy(clock, 0.5)

        def forward(self, x: torch.Tensor) -> object:
            with pytest.raises(ValueError, match="not today"):
                self.first(x)
            return self.second(x)

    timer = timer_of(Catches(), clock)
    timer.run(calls=2)
    assert times(timer) == {("second", 0): 0.5}
