"""Hooks: what they replace is put back, whatever happens, and no mode stays behind."""

from typing import Any

import pytest

from netstat.frontends.pytorch import capture
from netstat.measure.clock import Stopwatch, SystemClock
from netstat.measure.devices import find
from netstat.measure.hooks import Hook, installed
from netstat.measure.layers import LayerTimer
from tests.measure.fakes import FakeClock
from tests.measure.models import Residual, nn, torch

pytestmark = pytest.mark.torch
X = torch.zeros(1)


def state(module: nn.Module) -> list[Any]:
    """What a hook could leave behind, in the modules and around them."""
    parts = [(list(part.__dict__), {**part.__dict__}.get("forward"), part.forward) for part in module.modules()]
    hooks = [len(part._forward_hooks) + len(part._forward_pre_hooks) for part in module.modules()]
    return [parts, hooks, torch._C._len_torch_function_stack(), torch._C._is_torch_function_all_disabled()]


def timer_of(model: nn.Module, x: torch.Tensor = X) -> LayerTimer:
    model.eval()
    return LayerTimer(model, lambda: model(x), Stopwatch(SystemClock(), find("cpu")), capture(model, (x,)))


def names(timer: LayerTimer) -> list[tuple[str, str, int]]:
    return [(layer.path, layer.op, layer.call) for layer in timer.parts([timer.hooked]).layers]


def operators(timer: LayerTimer) -> list[tuple[str, str]]:
    return [(path, op) for path, op, _ in names(timer)]


def test_hooks_are_gone_afterwards() -> None:
    model = nn.Sequential(Residual(), nn.ReLU())
    before = state(model)
    timer_of(model).run()
    assert state(model) == before


class FailsInside(nn.Linear):
    """Raises in the middle of a leaf, once it is told to."""

    failing: type[BaseException] | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = super().forward(x)
        if self.failing:
            raise self.failing("in the middle")
        return y


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_hooks_are_gone_after_a_leaf_that_raises(failure: type[BaseException]) -> None:
    leaf = FailsInside(1, 1)
    model = nn.Sequential(Residual(leaf))
    timer = timer_of(model)
    leaf.failing = failure
    before = state(model)
    with pytest.raises(failure, match="in the middle"):
        timer.run()
    assert state(model) == before
    leaf.failing = None
    timer.run()
    assert names(timer) == [("0.body", "linear", 0), ("0", "add", 0), ("0", "relu", 0), ("0", "add", 1)]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_hooks_are_gone_after_a_function_that_raises(failure: type[BaseException]) -> None:
    class Fails(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            raise failure("in the function")

    model = nn.Sequential(Residual())
    timer, before = timer_of(model), state(model)
    with pytest.raises(failure, match="in the function"), Fails():
        timer.run()
    assert state(model) == before


def test_hooks_are_gone_where_one_cannot_be_set() -> None:
    class Frozen(dict[str, Any]):
        def __setitem__(self, key: str, value: Any) -> None:
            raise TypeError("frozen")

    class Place:
        def __init__(self, attributes: dict[str, Any]) -> None:
            self.__dict__ = attributes

    model: Any = nn.ReLU()
    before = state(model)
    hooks = [Hook(model, "forward", model.forward), Hook(Place(Frozen()), "forward", model.forward)]  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="frozen"), installed(hooks):
        pass
    assert state(model) == before


def test_a_forward_that_somebody_put_on_the_module_itself_stays_and_is_timed() -> None:
    model, calls = nn.Sequential(nn.ReLU()), list[str]()
    timer_of(model).run()
    forward = model[0].forward

    def own(x: torch.Tensor) -> Any:
        calls.append("own")
        return forward(x)

    model[0].forward = own  # type: ignore[method-assign]
    timer = timer_of(model)
    calls.clear()
    timer.run()
    assert (calls, names(timer), model[0].forward) == (["own"] * 2, [("0", "relu", 0)], own)


def test_a_shared_module_is_timed_at_every_call_under_its_first_path() -> None:
    shared = nn.Linear(1, 1)
    timer = timer_of(nn.Sequential(shared, nn.ReLU(), shared))
    timer.run()
    assert names(timer) == [("0", "linear", 0), ("1", "relu", 0), ("0", "linear", 1)]


def test_a_scripted_module_is_timed_as_a_whole() -> None:
    scripted = torch.jit.script(nn.Sequential(nn.Linear(1, 1), nn.ReLU()).eval())
    timer = timer_of(nn.Sequential(nn.Linear(1, 1), scripted))
    timer.run()
    assert operators(timer) == [
        ("0", "linear"),
        ("1", "addmm+relu"),
    ]


def test_a_compiled_module_is_timed_as_a_whole_and_not_compiled_anew() -> None:
    compiled: list[int] = []

    def backend(graph: Any, inputs: Any) -> Any:
        compiled.append(len(inputs))
        return graph.forward

    inside = torch.compile(Residual().eval(), backend=backend)
    model = nn.Sequential(Residual(), inside)  # type: ignore[arg-type]
    timer = timer_of(model)
    with torch.inference_mode():
        model(X)
        compiled.clear()
        timer.run()
    assert compiled == []
    assert operators(timer)[4:] == [("1", "linear+add+relu")]


def test_a_module_compiled_in_place_is_timed_as_a_whole_and_not_compiled_anew() -> None:
    compiled: list[int] = []

    def backend(graph: Any, inputs: Any) -> Any:
        compiled.append(len(inputs))
        return graph.forward

    model = nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.Linear(1, 1), nn.ReLU())).eval()
    graph = capture(model, (X,))
    model[1].compile(backend=backend)
    with torch.inference_mode():
        model(X)
        compiled.clear()
        timer = LayerTimer(model, lambda: model(X), Stopwatch(SystemClock(), find("cpu")), graph)
        timer.run()
    assert compiled == []
    assert operators(timer) == [
        ("0", "linear"),
        ("1", "linear+relu"),
    ]


def kernels(run: Any) -> set[str]:
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as seen:
        run()
    return {event.key for event in seen.key_averages()}


@pytest.mark.parametrize("inside", [False, True])
def test_torchs_fused_kernels_run_hooked_as_they_run_bare(inside: bool) -> None:
    x = torch.zeros(1, 3, 4)
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)

    class Attends(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(4, 2, batch_first=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.attention(x, x, x, need_weights=False)[0] + x
            return y

    model = Attends() if inside else nn.TransformerEncoder(layer, 2)
    kernel = "aten::_native_multi_head_attention" if inside else "aten::_transformer_encoder_layer_fwd"
    timer = timer_of(model, x)
    with torch.inference_mode():
        assert kernel in kernels(lambda: model(x))
        assert kernel in kernels(timer.run)


def test_a_model_that_brings_a_mode_of_its_own_runs_under_it_as_ever() -> None:
    seen: list[str] = []

    class Own(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            seen.append(func.__name__)
            return func(*args, **(kwargs or {}))

    class Brings(Residual):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = x.add(x)
            with Own():
                y = self.body(y).mul(x)
            with torch.no_grad():
                return y.add(x)

    model = Brings(nn.Sequential(nn.Linear(1, 1)))
    timer, before = timer_of(model), state(model)
    seen.clear()
    model(X)
    bare = list(seen)
    seen.clear()
    timer.run()
    assert seen == bare * 2  # once with hooked layers, once with hooked containers
    assert names(timer) == [("", "add", 0), ("body.0", "linear", 0), ("", "mul", 0), ("", "add", 1)]
    assert state(model) == before


def test_timing_nothing_reads_no_clock_inside() -> None:
    clock = FakeClock(tick=1.0)
    model = nn.Sequential(nn.Identity())
    timer = LayerTimer(model, lambda: model(X), Stopwatch(clock, find("cpu")), capture(nn.ReLU(), (X,)))
    timer.run()
    assert (timer.parts([timer.hooked]).layers, timer.hooked.totals) == ((), (1.0,))
