"""Every command and every piece of code of docs/integrations.md runs, and does what the page says."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from readme import FILE, INTEGRATIONS, ROOT, blocks, examples, output_of, run, write_files
from trackers import Tracker, modules

import netstat
from netstat.cli import main

TEXT = INTEGRATIONS.read_text(encoding="utf-8")
FILES = {found["name"]: found["text"] for found in FILE.finditer(TEXT)}
CODE = examples(TEXT, "python")
FRAMES, TRACKERS = CODE[:2], dict(zip(("wandb", "torch.utils.tensorboard", "mlflow"), CODE[2:], strict=True))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a folder of its own, where `netstat` is this one."""
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "netstat"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m netstat "$@"\n')
    program.chmod(0o755)
    for name, value in {"HOME": tmp_path, "PYTHONPATH": ROOT, "GITHUB_STEP_SUMMARY": tmp_path / "summary.md"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    write_files(TEXT, tmp_path)
    return tmp_path


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["bash", "--norc", "-euo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.mark.parametrize("script", examples(TEXT, "bash"), ids=lambda script: script.splitlines()[-1])
def test_the_commands_of_a_block_run(script: str, place: Path) -> None:
    done = shell(script, place)
    assert done.returncode == 0, done.stderr
    named = [word for word in shlex.split(script, comments=True) if word.endswith((".tex", ".csv", ".fish", ".tcsh"))]
    assert [name for name in named if not (place / name.replace("~", str(place))).read_bytes()] == []


@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_on_the_page_is_the_commands_output(command: str, shown: str) -> None:
    assert output_of(command) == shown


@pytest.mark.parametrize("code", FRAMES, ids=["pandas", "polars"])
def test_a_frame_has_what_the_comments_say(code: str, capsys) -> None:
    pytest.importorskip("pandas" if "pandas" in code else "polars")
    exec(compile(code, "page", "exec"), {})
    said = [line.rpartition("# ")[2] for line in code.splitlines() if line.startswith("print(")]
    assert capsys.readouterr().out.splitlines() == said


@pytest.mark.parametrize(
    "library", ["wandb", "mlflow", pytest.param("torch.utils.tensorboard", marks=pytest.mark.torch)]
)
def test_a_tracker_is_given_every_metric(library: str, monkeypatch) -> None:
    if library == "wandb":
        pytest.importorskip("pandas")
    tracker = Tracker()
    monkeypatch.setitem(sys.modules, library, modules(tracker)[library])
    exec(compile(TRACKERS[library], "page", "exec"), {})
    assert tracker.numbers == netstat.profile("alexnet").metrics("netstat/")
    assert tracker.closed
    shown: Any = tracker.tables[0].data if library == "wandb" else tracker.texts
    assert "features.0" in str(shown)


@pytest.mark.slow
@pytest.mark.torch
def test_the_cell_of_a_notebook_runs_in_ipython(place: Path, monkeypatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(place))
    [cell] = examples(TEXT, "ipython")
    done = run(["-m", "IPython", "--no-banner", "-c", cell], place)
    assert done.returncode == 0, done.stderr
    params = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("params ")]
    assert params == ["61,100,840", f"{33 * 64 + 65 * 5:,}"]


def test_the_workflow_keeps_its_budgets_and_writes_its_summary(place: Path) -> None:
    workflow = yaml.safe_load(FILES[".github/workflows/model.yml"])
    assert set(workflow) == {"name", True, "jobs"}  # YAML takes `on` for a truth, and GitHub does not mind
    steps = [step["run"] for step in workflow["jobs"]["budget"]["steps"] if "run" in step]
    assert [step.split()[0] for step in steps] == ["pip", "netstat", "netstat"]
    for step in steps[1:]:
        done = shell(step, place)
        assert done.returncode == 0, done.stderr
    assert "61,100,840" in (place / "summary.md").read_text(encoding="utf-8")


def test_a_smaller_budget_fails_the_workflow_and_is_marked(place: Path, capsys) -> None:
    assert main(["check", "alexnet", "--max-params", "61M", "--format", "github"]) == 1
    assert "::error title=netstat check::alexnet: params" in capsys.readouterr().out


@pytest.mark.parametrize(
    "hook",
    [
        yaml.safe_load(FILES[".pre-commit-config.yaml"])["repos"][0]["hooks"][0],
        yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0],
    ],
    ids=["of the page", "of the repository"],
)
def test_the_hook_fails_where_the_project_is_over_its_budgets(hook: dict[str, Any], place: Path) -> None:
    assert hook["id"] == "netstat-check"
    assert hook["pass_filenames"] is False
    assert shell(hook["entry"], place).returncode == 0
    project = place / "pyproject.toml"
    project.write_text(project.read_text(encoding="utf-8").replace("62M", "61M"), encoding="utf-8")
    assert shell(hook["entry"], place).returncode == 1
