"""Real processes: the model gets there, its errors come back, and the process ends whatever happens."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from netstat.errors import ModelError
from netstat.frontends.inputs import inputs_of
from netstat.frontends.resolve import resolve
from netstat.measure.benchmark import Outcome, benchmark_subject
from netstat.measure.configuration import Configuration, at_batch
from netstat.measure.settings import Settings
from netstat.measure.source import InHand, Named, Saved, transferred
from tests.measure.models import nn
from tests.measure.users_models import Small, Unpicklable

pytestmark = [pytest.mark.torch, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
HERE = "tests.measure.users_models"
# As short as a real run can be, in two processes.
SHORT = Settings(
    warmup_calls=1, warmup_seconds=0.0, warmup_cap=0.1, samples=4, seconds=0.0, cap_seconds=0.5, processes=2
)


def timed(model: object, *, settings: Settings = SHORT, batches: tuple[int, ...] = (1,)) -> Outcome:
    subject = resolve(model, inputs_of((3, 16, 16), 1, "float32"))
    each = [Configuration(at_batch(subject.graph.inputs, batch), threads=1) for batch in batches]
    return benchmark_subject(subject, each, settings=settings)


def test_a_named_model_is_timed_in_fresh_processes() -> None:
    outcome = timed(f"{HERE}:Small", batches=(1, 4))
    assert [(result.batch, len(result.processes), result.here) for result in outcome.benchmarks[:2]] == [
        (1, 2, ""),
        (4, 2, ""),
    ]
    one = outcome.benchmarks[0]
    assert sum(one.processes) == len(one.samples)
    assert [layer.path for layer in one.layers if layer.path in ("body.0", "body.1")] == ["body.0", "body.1"]
    assert one.layers[0].op == "conv2d"
    assert outcome.environment["torch_version"]
    assert outcome.environment["argv"] == sys.argv


def test_a_module_in_hand_is_copied_to_them_and_left_alone() -> None:
    model = Small().train()
    outcome = timed(model)
    assert outcome.benchmarks[0].here == ""
    assert len(outcome.benchmarks[0].processes) == 2
    assert model.training


def test_what_cannot_be_handed_over_is_timed_here_and_says_so() -> None:
    (result, *_) = timed(Unpicklable()).benchmarks
    assert len(result.processes) == 1
    assert result.here.startswith("it cannot be pickled")
    assert "here" in result.warnings


def test_what_the_models_forward_raises_comes_back() -> None:
    with pytest.raises(ModelError, match=r"forward fails on cpu in float32: not on this machine$"):
        timed(f"{HERE}:Fails")


def test_a_process_that_dies_is_one_clear_line() -> None:
    with pytest.raises(ModelError, match="the process that runs the model was ended by SIGSEGV"):
        timed(f"{HERE}:Dies")


def test_what_a_model_prints_is_not_taken_for_an_answer(capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever resolves the name follows a forward pass here, which prints as ever; the other process says the rest."""
    timed(f"{HERE}:Small")
    out, err = capfd.readouterr()
    assert out == "said by the model\n"
    assert "said by the model" in err


def test_the_copy_is_gone_afterwards() -> None:
    subject = resolve(nn.Sequential(nn.ReLU()), inputs_of((3, 4), 1, "float32"))
    with transferred(subject) as (source, reason):
        assert isinstance(source, Saved)
        assert reason == ""
        assert Path(source.path).stat().st_mode & 0o077 == 0
        assert isinstance(source.open().module[0], nn.ReLU)  # type: ignore[index]
    assert not Path(source.path).exists()


def test_a_name_travels_as_a_name() -> None:
    with transferred(resolve("lenet", inputs_of(None, 1, "float32"))) as (source, _):
        assert isinstance(source, Named)
        assert source.open().owned


def test_a_class_of_a_script_is_timed_in_the_script_where_nothing_can_carry_it() -> None:
    class Script(nn.ReLU): ...

    Script.__module__ = "__main__"
    subject = resolve(Script(), inputs_of((3, 4), 1, "float32"))
    with transferred(subject) as (source, reason):
        carried = "cloudpickle" in sys.modules
        assert carried or isinstance(source, InHand)
        assert carried or "__main__" in reason


def test_timing_a_built_in_model_loads_no_torch_into_the_caller() -> None:
    probe = (
        "import sys, netstat; from netstat.measure.settings import QUICK\n"
        "times = netstat.benchmark('lenet', settings=QUICK); print(len(times), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split()[1] == "False"


def test_processes_end_with_their_parent() -> None:
    probe = (
        "import os, sys; from netstat.measure.process import Apart; from netstat.measure.settings import DEFAULT\n"
        "from netstat.measure.source import Named; from netstat.frontends.subject import Inputs\n"
        "worker = Apart(Named('lenet', Inputs()), DEFAULT); print(worker._process.pid, flush=True); os._exit(1)"
    )
    done = subprocess.run([sys.executable, "-c", probe], stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT)
    child = Path(f"/proc/{int(done.stdout)}")
    for _ in range(300):
        if not child.exists():
            break
        time.sleep(0.1)
    assert not child.exists()
