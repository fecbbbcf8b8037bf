"""What is registered under a name is tested under that name.

An operator counts as tested where it has an oracle case. Anything else does where its name stands as a string of its
own in the tests of its kind: an entry of a parametrised table, an argument. A loop over the registry proves laws of
whatever is there; it names nothing.
"""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from netstat.registry import Registry

ROOT = Path(__file__).parents[2]
FOLDERS = {
    "convention": "peers",
    "model": "models",
    "device": "measure",
    "peer": "peers",
    "report format": "reports",
    "data frame": "reports",
    "column": "reports",
    "chart": "reports",
    "optimizer": "measure",
    "loss": "frontends",
}


def registries() -> dict[str, Registry[Any]]:
    """Every registry of the package by the kind of thing in it."""
    held = (thing for name in makers_of_registries() for thing in vars(import_module(name)).values())
    return {thing.kind: thing for thing in held if isinstance(thing, Registry)}


def makers_of_registries() -> Iterator[str]:
    """The package above each module that makes a registry, which is what registers its things, and the module."""
    for file in (ROOT / "netstat").rglob("*.py"):
        if re.search(r"\bRegistry\(", file.read_text(encoding="utf-8")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1])
            yield ".".join(parts).removesuffix(".__init__")


def strings_in(folder: Path) -> set[str]:
    """Every string constant in the Python files below `folder`."""
    nodes = (node for file in folder.rglob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def untested(names: list[str], folder: Path) -> list[str]:
    known = strings_in(folder)
    return [name for name in names if name not in known]


def test_every_kind_of_registered_thing_has_a_folder_of_tests() -> None:
    assert registries().keys() == {*FOLDERS, "operator"}


def test_every_operator_has_an_oracle_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "tests" / "ops")
    oracles = import_module("oracle").ORACLES
    assert set(registries()["operator"].names()) == set(oracles)


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_registered_thing_is_named_by_a_test(kind: str) -> None:
    names = registries()[kind].names()
    assert names
    assert untested(names, ROOT / "tests" / FOLDERS[kind]) == []


def test_a_thing_that_no_test_names_is_found(tmp_path: Path) -> None:
    (tmp_path / "test_things.py").write_text('CASES = {"conv2d": 1}\n"""Tests conv3d."""\n')
    assert untested(["conv2d", "conv3d"], tmp_path) == ["conv3d"]
