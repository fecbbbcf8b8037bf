"""Times per leaf module call, on clocks whose every reading is known."""

import pytest

from netstat.measure.clock import Stopwatch
from netstat.measure.devices import find
from netstat.measure.layers import RESOLUTION, LayerTimer, calibrate, hooked, leaves
from tests.measure.fakes import TICK, FakeClock, FakeDevice

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch import nn  # noqa: E402

from tests.measure.models import Around, Busy, FailsAtCall, Queued  # noqa: E402


def hooks_of(module: nn.Module) -> list[int]:
    return [len(part._forward_hooks) + len(part._forward_pre_hooks) for part in module.modules()]
