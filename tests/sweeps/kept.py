"""The figures that are kept, and the page that shows them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.machine import installed

DOCS = Path(__file__).parents[2] / "docs"
RAW, PAGE = DOCS / "measurements" / "zoo.json", DOCS / "zoo.md"


def kept(keys: Iterable[str], package: str) -> dict[str, Any]:
    """Those parts of what is kept; skips the test where another version of the package has other models."""
    found = json.loads(RAW.read_text(encoding="utf-8"))
    version = found["packages"][package]
    if installed(package) != version:
        pytest.skip(f"the kept figures are of {package} {version}")
    return {key: found[key] for key in keys}
