"""Ceilings are measured once: what is kept is found again, and what cannot be used is said and measured anew."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netstat.measure import kept_ceilings
from netstat.measure.ceilings import Effort
from netstat.measure.kept_ceilings import FINGERPRINT, ceiling, fingerprint, folder, keep, recall
from netstat.records.cache_folder import cache_folder
from tests.records.ceilings_made import CEILING

KEY = {"device": "cpu", "cpu_affinity": [0, 1], "cpu_limit": None, "environment_variables": {"OMP_NUM_THREADS": "2"}}
HASTY = Effort(1e-4, 4, 0.01, largest=2**20)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "ceilings" / "a.json"


def test_what_is_kept_is_found_again_as_it_was(path: Path, told: list[str]) -> None:
    keep(path, KEY, CEILING, told.append)
    assert recall(path, KEY, told.append) == CEILING
    assert told == []
    assert [file.name for file in path.parent.iterdir()] == ["a.json"]


def test_what_is_not_there_is_not_found_and_nothing_is_said(path: Path, told: list[str]) -> None:
    assert recall(path, KEY, told.append) is None
    assert told == []


def test_what_is_of_other_surroundings_is_not_taken(path: Path, told: list[str]) -> None:
    keep(path, KEY, CEILING, told.append)
    assert recall(path, {**KEY, "cpu_affinity": [0]}, told.append) is None
    assert told == [f"ceilings are measured anew: '{path}' does not hold those of this machine"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 1, "netstat": "", "kind": "ceilings"}', "\x00"])
def test_a_broken_file_is_said_and_not_taken(path: Path, told: list[str], content: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert recall(path, KEY, told.append) is None
    (line,) = told
    assert line.startswith("ceilings are measured anew: ")
    assert "\n" not in line


def test_a_broken_file_of_ours_is_replaced_and_a_foreign_one_is_not(path: Path, told: list[str]) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('{"schema": 1, "netstat": "0.1.0", "kind"')
    keep(path, KEY, CEILING, told.append)
    assert recall(path, KEY, told.append) == CEILING
    path.write_text("mine")
    keep(path, KEY, CEILING, told.append)
    assert path.read_text() == "mine"
    (line,) = told
    assert line.startswith(f"ceilings are not kept: '{path}' exists and netstat did not write it")


def test_a_folder_that_cannot_be_is_said_and_no_error(tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "ceilings" / "a.json", KEY, CEILING, told.append)
    (line,) = told
    assert line.startswith("ceilings are not kept: cannot make the folder ")


def test_the_folder_is_the_one_named_else_one_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETSTAT_CEILINGS", "mine")
    assert folder() == Path.cwd() / "mine"
    monkeypatch.delenv("NETSTAT_CEILINGS")
    assert folder() == cache_folder("ceilings")


@pytest.mark.torch
def test_a_fingerprint_holds_what_ceilings_depend_on_and_nothing_that_passes() -> None:
    key = fingerprint("cpu", "fp32", 1)
    assert (key["device"], key["dtype"], key["threads"]) == ("cpu", "float32", 1)
    assert {"cpu_model_name", "cpu_affinity", "torch_version", "torch_config", "environment_variables"} <= key.keys()
    assert not {"date", "argv", "load_avg_1min"} & {*key, *FINGERPRINT}
    assert fingerprint("cpu", "fp32", 1) == key
    assert fingerprint("cpu", "fp32", 2) != key
    assert fingerprint("cpu", "bf16", 1) != key


@pytest.mark.torch
def test_a_variable_of_the_environment_makes_other_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    key = fingerprint("cpu", "fp32", 1)
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    assert fingerprint("cpu", "fp32", 1) != key


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only file in the folder, with ceilings that nobody measured in it."""
    monkeypatch.setenv("NETSTAT_CEILINGS", str(tmp_path))
    key = fingerprint("cpu", "fp32", 1)
    path = tmp_path / f"{kept_ceilings._digest(key)}.json"
    keep(path, key, CEILING, lambda line: None)
    return path


@pytest.mark.torch
def test_what_is_kept_is_not_measured(planted: Path) -> None:
    assert ceiling("cpu", "fp32", 1, effort=HASTY) == CEILING


@pytest.mark.slow
@pytest.mark.torch
def test_other_surroundings_are_measured(planted: Path) -> None:
    assert ceiling("cpu", "bf16", 1, effort=HASTY).dtype == "bfloat16"
    assert ceiling("cpu", "fp32", 1, effort=HASTY) == CEILING


@pytest.mark.slow
@pytest.mark.torch
def test_again_measures_and_leaves_what_was_measured_unless_it_is_spoiled(planted: Path) -> None:
    again = ceiling("cpu", "fp32", 1, again=True, effort=HASTY)
    assert again != CEILING
    assert ceiling("cpu", "fp32", 1, effort=HASTY) == (CEILING if again.warnings else again)


@pytest.mark.slow
@pytest.mark.torch
def test_a_short_look_is_not_kept(planted: Path) -> None:
    short = ceiling("cpu", "fp32", 1, again=True, effort=replace(HASTY, short=True))
    assert short.short
    assert ceiling("cpu", "fp32", 1, effort=HASTY) == CEILING


@pytest.mark.slow
@pytest.mark.torch
def test_a_broken_file_is_said_and_measured_anew(planted: Path, told: list[str]) -> None:
    planted.write_text('{"schema": 1, "netstat": "0.1.0"')
    measured: Any = ceiling("cpu", "fp32", 1, effort=HASTY, tell=told.append)
    assert measured != CEILING
    assert len(told) == 1
