"""Modules that take a known time on a fake clock, and modules that fail."""

from typing import Any

import pytest

torch = pytest.importorskip("torch")  # skips every test module that imports this one

from torch import Tensor, nn  # noqa: E402
from torch.overrides import TorchFunctionMode  # noqa: E402

from tests.measure.fakes import FakeClock, FakeDevice  # noqa: E402


class Busy(nn.Module):
    """Keeps the host busy for `seconds`; for `jitter` more at every `every`-th call."""

    def __init__(self, clock: FakeClock, seconds: float, jitter: float = 0.0, every: int = 3) -> None:
        super().__init__()
        self.clock, self.seconds, self.jitter, self.every = clock, seconds, jitter, every
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.clock.spend(self.seconds + (self.jitter if self.calls % self.every == 0 else 0.0))
        return x


class Queued(nn.Module):
    """Takes the host `launch` seconds to queue `work` seconds of a device."""

    def __init__(self, clock: FakeClock, device: FakeDevice, launch: float, work: float) -> None:
        super().__init__()
        self.clock, self.device, self.launch, self.work = clock, device, launch, work

    def forward(self, x: Tensor) -> Tensor:
        self.clock.spend(self.launch)
        self.device.work(self.work)
        return x


class Residual(nn.Module):
    """A module, and around it functions: (body(x) + x), its ReLU, and x added once more, with a view in between."""

    def __init__(self, body: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body or nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.nn.functional.relu(self.body(x).add(x))
        return y.view(x.size()).add(x)


class Slow(TorchFunctionMode):
    """While it is active, each of `functions` takes so many seconds: of the host, and `work` of a device."""

    def __init__(
        self, clock: FakeClock, functions: dict[Any, float], device: FakeDevice | None = None, work: float = 0.0
    ) -> None:
        super().__init__()
        self.clock, self.functions, self.device, self.work = clock, functions, device, work

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.clock.spend(self.functions.get(func, 0.0))
        if self.device and func in self.functions:
            self.device.work(self.work)
        return func(*args, **(kwargs or {}))


class Around(nn.Module):
    """Runs `inner` `times` times, and keeps the host busy itself for `own` seconds."""

    def __init__(self, clock: FakeClock, inner: nn.Module, own: float, times: int = 1) -> None:
        super().__init__()
        self.clock, self.inner, self.own, self.times = clock, inner, own, times

    def forward(self, x: Tensor) -> Tensor:
        self.clock.spend(self.own)
        for _ in range(self.times):
            x = self.inner(x)
        return x


class FailsAtCall(nn.Module):
    """A small network that raises at its `fails_at`-th call; never where that is 0."""

    def __init__(self, fails_at: int = 0) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(inplace=True), nn.Dropout())
        self.last = Tail()
        self.calls, self.fails_at = 0, fails_at

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        result: Any = self.last(self.body(x), self.calls == self.fails_at)
        return result  # type: ignore[no-any-return]


class Tail(nn.Module):
    def forward(self, x: Tensor, fail: bool) -> Tensor:
        if fail:
            raise ValueError("the tail broke off\nand more was said")
        return x.mean()
