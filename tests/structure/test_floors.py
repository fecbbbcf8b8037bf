"""A module imports only from its left; see docs/architecture.md for the floors."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = """
errors < units, language, registry < cost < graph < conventions < records < ops < models < frontends < analysis
< measure, peers < reports < api < cli < __init__, __main__
"""
LEVEL = {name.strip(): level for level, floor in enumerate(FLOORS.split("<")) for name in floor.split(",")}
FREE_OF_FLOORS = {"netstat.__version__"}  # what anyone may import from the package root
REPORTS_MAY_IMPORT = {"records", "units", "language", "registry", "errors", "reports"}
MODULES = sorted((ROOT / "netstat").rglob("*.py"))


def module_name(file: Path) -> str:
    """Dotted name below `netstat`: 'netstat/ops/conv.py' -> 'ops.conv'."""
    return ".".join(file.relative_to(ROOT / "netstat").with_suffix("").parts)


def floor_of(module: str) -> str:
    return module.split(".")[0]


def imported_floors(module: str, source: str) -> Iterator[str]:
    """Floors that `source`, standing in `module`, imports anything from, wherever in it the import stands."""
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            origin = absolute(module, statement)
            names = [f"{origin}.{alias.name}" for alias in statement.names]
        else:
            continue
        yield from (floor_named(name) for name in names if is_ours(name))


def is_ours(name: str) -> bool:
    return name.split(".")[0] == "netstat" and name not in FREE_OF_FLOORS


def floor_named(name: str) -> str:
    """'netstat.ops.conv.Conv2d' -> 'ops'; the package root itself is the top floor."""
    return [*name.split("."), "__init__"][1]


def absolute(module: str, statement: ast.ImportFrom) -> str:
    """The module an import takes names from, dots resolved."""
    if not statement.level:
        return statement.module or ""
    package = ["netstat", *module.split(".")][: -statement.level]
    return ".".join([*package, *filter(None, [statement.module])])


def breaches(module: str, source: str) -> list[str]:
    """Imports of `source` that lead to its own level's neighbours or upwards."""
    own = floor_of(module)
    imported = set(imported_floors(module, source)) - {own}
    return sorted(floor for floor in imported if LEVEL[floor] >= LEVEL[own])


@pytest.mark.parametrize("file", MODULES, ids=module_name)
def test_a_module_has_a_floor(file: Path) -> None:
    assert floor_of(module_name(file)) in LEVEL


@pytest.mark.parametrize("file", MODULES, ids=module_name)
def test_a_module_imports_only_from_its_left(file: Path) -> None:
    assert breaches(module_name(file), file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "file", [file for file in MODULES if floor_of(module_name(file)) == "reports"], ids=module_name
)
def test_reports_see_records_and_nothing_that_computes(file: Path) -> None:
    assert set(imported_floors(module_name(file), file.read_text(encoding="utf-8"))) <= REPORTS_MAY_IMPORT


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("ops.conv", "from netstat.cost import Cost\nfrom netstat import __version__\nimport math", []),
        ("ops.conv", "from netstat.ops import pool\nfrom . import pool\nfrom .pool import Pool", []),
        ("ops.conv", "import netstat.models", ["models"]),
        ("ops.conv", "from netstat import api", ["api"]),
        ("ops.conv", "import netstat", ["__init__"]),
        ("ops.conv", "from ..models import vgg", ["models"]),
        ("cost", "from .graph import Graph", ["graph"]),
        ("measure.cpu", "from netstat.peers import thop", ["peers"]),
        ("peers.thop", "def count():\n    if True:\n        import netstat.measure.clock", ["measure"]),
        ("units", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import netstat.registry", ["registry"]),
    ],
)
def test_an_import_to_the_right_is_found_wherever_it_hides(module: str, source: str, found: list[str]) -> None:
    assert breaches(module, source) == found
