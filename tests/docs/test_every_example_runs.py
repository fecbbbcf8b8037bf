"""Every page with Python on it has a test that runs it; what no other test does is run here."""

from pathlib import Path

import pytest
from links import PAGES
from readme import ROOT, examples, run

RUN_BY = {
    "README.md": "test_readme.py",
    "README.zh.md": "test_readme_in_chinese.py",
    "charts.md": "test_charts_page.py",
    "check.md": "test_check_and_compare_pages.py",
    "compare.md": "test_check_and_compare_pages.py",
    "dense.md": "test_dense.py",
    "extending.md": "test_extending.py",
    "how-to.md": "test_guides.py",
    "integrations.md": "test_integrations.py",
    "layers.md": "test_layers_page.py",
    "tutorial.md": "test_guides.py",
}
HERE = ("report.md", "schema.md")
# A training step at batch 128, ten epochs: minutes. The command of the same words is run.
TOO_LONG = ("measuring.md",)


def test_every_page_with_python_has_a_test_that_runs_it() -> None:
    with_python = {page.name for page in PAGES if examples(page.read_text(encoding="utf-8"), "python")}
    assert with_python == {*RUN_BY, *HERE, *TOO_LONG}
    for page, test in RUN_BY.items():
        text = (Path(__file__).parent / test).read_text(encoding="utf-8")
        assert "examples(" in text or "steps(" in text, page


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.parametrize("page", HERE)
def test_the_python_of_a_page_runs(page: str, tmp_path: Path) -> None:
    (code,) = examples((ROOT / "docs" / page).read_text(encoding="utf-8"), "python")
    done = run(["-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
