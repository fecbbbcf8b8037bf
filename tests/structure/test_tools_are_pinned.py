"""The linters of pre-commit are those of the `test` extra, which CI runs, to the last digit."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"\b(ruff|mypy)(?:==| )(\d[\d.]*)")


def pins(text: str) -> dict[str, set[str]]:
    """Every version each linter is pinned to in `text`."""
    found: dict[str, set[str]] = {}
    for tool, version in PIN.findall(text):
        found.setdefault(tool, set()).add(version)
    return found


def test_pre_commit_and_the_test_extra_pin_the_same_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    of_extra = pins("\n".join(project["optional-dependencies"]["test"]))
    of_pre_commit = pins((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert of_extra.keys() == {"ruff", "mypy"}
    assert all(len(versions) == 1 for versions in of_extra.values())
    assert of_pre_commit == of_extra


def test_two_versions_of_one_tool_are_both_seen() -> None:
    assert pins("[ruff==1.0]\n[ruff==1.1]\ngrep 'mypy 2.0 '") == {"ruff": {"1.0", "1.1"}, "mypy": {"2.0"}}
