"""The surroundings of a measurement are on record."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import netstat
from netstat.errors import UsageError
from netstat.measure import host
from netstat.measure.environment import environment

KEYS = {
    "netstat_version", "argv", "date", "environment_variables", "platform", "kernel", "python_implementation",
    "python_version",
    "cpu_machine", "cpu_model_name", "cpu_count", "cpu_affinity", "cpu_limit", "cpu_caches", "load_avg_1min",
}  # fmt: skip
PACKAGE = Path(netstat.__file__).parent


def test_an_environment_has_its_keys_and_is_ready_for_json() -> None:
    record = environment()
    assert record.keys() >= KEYS
    assert json.loads(json.dumps(record)) == record


def test_of_the_variables_only_those_that_matter_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("SECRET_TOKEN", "x")
    variables = environment()["environment_variables"]
    assert variables["OMP_NUM_THREADS"] == "1"
    assert "SECRET_TOKEN" not in variables


def test_a_device_that_is_not_there_has_no_environment() -> None:
    with pytest.raises(UsageError):
        environment(["abacus"])


@pytest.mark.torch
def test_torch_is_on_record_once_it_is_loaded() -> None:
    import torch

    record = environment(["cpu"])
    assert record["torch_version"] == torch.__version__
    assert record["torch_num_threads"] == torch.get_num_threads()
    assert json.loads(json.dumps(record)) == record


def test_the_machine_has_processors_and_memory() -> None:
    assert host.cores() >= len(host.affinity()) >= 1
    assert host.cpu_model_name()
    memory = host.available_memory()
    assert memory is None or memory > 2**20


def test_importing_the_measuring_floor_loads_neither_torch_nor_numpy() -> None:
    files = [file for file in (PACKAGE / "measure").rglob("*.py") if file.stem != "__init__"]
    names = [".".join(("netstat", *file.relative_to(PACKAGE).with_suffix("").parts)) for file in files]
    assert "netstat.measure.devices.cuda" in names
    probe = f"import sys, {', '.join(names)}; print(sorted({{'torch', 'numpy'}} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.strip() == "[]"


def test_looking_for_devices_loads_no_torch_where_there_is_no_driver() -> None:
    probe = (
        "import sys; from netstat.measure import host; from netstat.measure.devices import present\n"
        "print('cpu' in present(), 'torch' in sys.modules and not host.may_have_gpu())"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.split() == ["True", "False"]
