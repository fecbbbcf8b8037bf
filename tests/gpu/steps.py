"""The steps of the script: what each asks, how long it may take, and what became of it."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from netstat.measure.devices import Device

OK, FAILED, NOTED, SKIPPED = "ok", "FAILED", "noted", "skipped"


@dataclass(frozen=True)
class Verdict:
    """One question answered: `state` is one of the four above, `said` the figures behind it."""

    check: str
    state: str
    said: str


def verdict(check: str, passed: bool, said: str) -> Verdict:
    """Passed or failed, with the figures."""
    return Verdict(check, OK if passed else FAILED, said)


class SkipError(Exception):
    """A step that cannot be done here; its message says why."""


class OutOfTimeError(BaseException):
    """A step took longer than it may. No part of netstat that catches exceptions may keep this one."""


@dataclass
class Bench:
    """What every step works with.

    Attributes:
        device: what is measured.
        quick: whether this is a rehearsal, on small models and for a moment.
        models: name and input shape of those measured, without the batch.
        results: filled by the steps, kept as JSON.
    """

    device: Device
    quick: bool
    models: dict[str, tuple[int, ...]]
    results: dict[str, Any] = field(default_factory=dict)
    until: float = 0.0
    built: dict[str, Any] = field(default_factory=dict)

    @property
    def on_gpu(self) -> bool:
        return not self.device.on_host

    def left(self) -> float:
        """Seconds the current step still has."""
        return self.until - time.monotonic()

    def needs_gpu(self) -> None:
        if not self.on_gpu:
            raise SkipError("needs a CUDA device")

    def module(self, name: str) -> Any:
        """The model, built once, with values, on the CPU."""
        import torch

        from tests.gpu.models import build

        if name not in self.built:
            torch.manual_seed(0)
            self.built[name] = build(name).eval()
        return self.built[name]


Run = Callable[[Bench], Iterator[Verdict]]


@dataclass(frozen=True)
class Step:
    """A part of the script; `about` is its function's docstring."""

    name: str
    seconds: float
    run: Run

    @property
    def about(self) -> str:
        return (self.run.__doc__ or "").strip()


STEPS: dict[str, Step] = {}


def step(seconds: float) -> Callable[[Run], Run]:
    """Register a step by its function's name, with the seconds it may take."""

    def register(run: Run) -> Run:
        STEPS[run.__name__] = Step(run.__name__, seconds, run)
        return run

    return register


def carry_out(step: Step, bench: Bench) -> list[Verdict]:
    """What the step found. Whatever goes wrong in it is a verdict as well, and what it found before is kept."""
    found: list[Verdict] = []
    bench.until = time.monotonic() + step.seconds
    try:
        with limited(step.seconds):
            for one in step.run(bench):
                found.append(one)  # noqa: PERF402  what was found before a failure is kept
    except SkipError as reason:
        found.append(Verdict(step.name, SKIPPED, str(reason)))
    except OutOfTimeError:
        found.append(Verdict(step.name, SKIPPED, f"the rest: over its {step.seconds:.0f} s"))
    except Exception as error:  # noqa: BLE001  one failure must not lose the rest
        found.append(Verdict(step.name, FAILED, f"{type(error).__name__}: {first_line(error)}"))
    return found


def first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError after so long, at the next instruction of Python's."""

    def ring(number: int, frame: Any) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
