"""What only a GPU can show, each check in a moment. Imports nothing that a machine with a GPU may lack."""

import pytest

pytest.importorskip("torch")

from netstat.graph import TensorSpec
from netstat.measure.benchmark import benchmark
from netstat.measure.devices import find
from netstat.measure.settings import QUICK
from tests.gpu import memory, others, state, times  # noqa: F401
from tests.gpu.models import Small
from tests.gpu.steps import FAILED, OK, STEPS, Bench, carry_out

pytestmark = [pytest.mark.torch, pytest.mark.gpu]
QUICK_ENOUGH = ["untouched", "profiled", "capture", "queue", "calibration", "out_of_memory", "times", "memory", "cold"]


@pytest.mark.parametrize("name", QUICK_ENOUGH)
def test_a_step_of_the_script_fails_in_nothing(name: str) -> None:
    found = carry_out(STEPS[name], Bench(find("cuda"), quick=True, models={"small": (3, 16, 16)}))
    assert [one for one in found if one.state == FAILED] == []
    assert any(one.state == OK for one in found) or name == "memory"


def test_a_real_gpu_runs_a_real_network() -> None:
    result = benchmark(Small(), [("input", TensorSpec((4, 3, 16, 16)))], device="cuda", settings=QUICK)
    assert result.device == "cuda"
    assert result.device_times is not None
    assert result.device_times.queue_held
    assert result.device_times.graph_seconds is not None
    assert result.device_times.device_seconds <= result.median_seconds
    assert all(layer.median_seconds < result.median_seconds for layer in result.layers)
    assert "overattributed" not in result.warnings
