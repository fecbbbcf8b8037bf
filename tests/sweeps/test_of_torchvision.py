"""Torchvision's models are complete, and their figures are torch's own and those torchvision publishes."""

import json
from typing import Any

import pytest
from torchvision.models import list_models

from tests.sweeps import of_torchvision
from tests.sweeps.differences import DIFFERENCES, REGIONS
from tests.sweeps.kept import kept
from tests.sweeps.published import kind

pytestmark = [pytest.mark.torch, pytest.mark.slow]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def measured() -> dict[str, list[Row]]:
    return of_torchvision.measure()


@pytest.fixture(scope="module")
def models(measured: dict[str, list[Row]]) -> dict[str, Row]:
    return {row["model"]: row for row in measured["models"]}


@pytest.fixture(scope="module")
def published(measured: dict[str, list[Row]]) -> list[Row]:
    return measured["published"]


def test_what_is_kept_is_what_is_measured(measured: dict[str, list[Row]]) -> None:
    assert kept(measured.keys(), "torchvision") == json.loads(json.dumps(measured))


def test_every_model_is_complete(models: dict[str, Row]) -> None:
    assert list(models) == list_models()
    assert {name: row["uncounted"] for name, row in models.items() if row["uncounted"]} == {}


def test_parameters_are_those_of_the_module(models: dict[str, Row]) -> None:
    assert {name: row for name, row in models.items() if row["params"] != row["module_params"]} == {}


def test_macs_are_half_of_what_torchs_own_counter_says(models: dict[str, Row]) -> None:
    counted = {name: row for name, row in models.items() if kind(name) != "detection"}
    assert {name: row for name, row in counted.items() if 2 * row["macs"] != row["flops"]} == {}


def test_macs_are_those_torchvision_publishes(published: list[Row]) -> None:
    assert [row for row in published if round(row["macs"] / 1e9, 3) != row["published"][0]] == []


def test_parameters_are_those_torchvision_publishes(published: list[Row]) -> None:
    assert [row for row in published if row["params"] != row["published"][1]] == []


@pytest.mark.parametrize("name", DIFFERENCES)
def test_options_add_what_is_said_of_them(name: str, models: dict[str, Row], published: list[Row]) -> None:
    (built,) = (row for row in published if row["model"] == name)
    added = (built["macs"] - models[name]["macs"], built["params"] - models[name]["params"])
    assert added == (DIFFERENCES[name].macs, DIFFERENCES[name].params)


@pytest.mark.parametrize(("name", "weights"), REGIONS)
def test_a_detectors_figures_follow_from_the_stated_numbers_of_regions(
    name: str, weights: str, models: dict[str, Row], published: list[Row]
) -> None:
    (row,) = (row for row in published if row["model"] == name and row["weights"] == (weights,))
    regions = REGIONS[name, weights]
    assert set(row["ways"]) == {(regions.proposals, regions.detections), *regions.also}
    assert models[name]["params"] - row["params"] == regions.frozen
