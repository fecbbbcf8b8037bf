"""Models of every family of timm are complete, and their figures are torch's own."""

import json
from importlib import import_module
from typing import Any

import pytest

from tests.sweeps import of_timm
from tests.sweeps.kept import kept

pytestmark = [pytest.mark.torch, pytest.mark.slow]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    pytest.importorskip("timm")
    return of_timm.measure()


def test_what_is_kept_is_what_is_measured(rows: list[Row]) -> None:
    assert kept(["timm"], "timm") == {"timm": json.loads(json.dumps(rows))}


def test_every_family_is_there_and_no_model_fails(rows: list[Row]) -> None:
    assert {row["family"] for row in rows} == set(import_module("timm").list_modules())
    assert len(rows) >= 400
    assert [row for row in rows if "error" in row] == []


def test_every_model_is_complete(rows: list[Row]) -> None:
    assert {row["model"]: row["uncounted"] for row in rows if row["uncounted"]} == {}


def test_parameters_are_those_of_the_module(rows: list[Row]) -> None:
    assert [row for row in rows if row["params"] != row["module_params"]] == []


def test_macs_are_half_of_what_torchs_own_counter_says(rows: list[Row]) -> None:
    assert [row for row in rows if 2 * row["macs"] != row["flops"]] == []
