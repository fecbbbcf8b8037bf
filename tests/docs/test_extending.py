"""What docs/extending.md shows is what happens."""

import tomllib
from pathlib import Path

import pytest
from readme import EXTENDING, blocks, examples, output_of, run, write_files

from netstat.ops import OPERATORS

pytestmark = [pytest.mark.torch]

TEXT = EXTENDING.read_text(encoding="utf-8")


def install(project: dict, folder: Path) -> None:
    """What installing a distribution with these project data leaves behind, its modules apart."""
    info = folder / f"{project['name']}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    for group, entries in project["entry-points"].items():
        lines = (f"{key} = {value}\n" for key, value in entries.items())
        (info / "entry_points.txt").write_text(f"[{group}]\n{''.join(lines)}")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages with the one of the page."""
    site = tmp_path / "site"
    site.mkdir()
    write_files(TEXT, site)
    install(tomllib.loads((site / "pyproject.toml").read_text())["project"], site)
    return site


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_on_the_page_is_the_commands_output(command: str, shown: str, tmp_path: Path) -> None:
    write_files(TEXT, tmp_path)
    assert output_of(command, tmp_path) == shown


def test_the_page_shows_three_outputs_and_two_checks() -> None:
    assert len(blocks(TEXT)) == 3
    assert len(examples(TEXT, "python")) == 2


@pytest.mark.slow
@pytest.mark.parametrize("check", examples(TEXT, "python"))
def test_a_check_on_the_page_holds(check: str, tmp_path: Path) -> None:
    write_files(TEXT, tmp_path)
    done = run(["-c", check], tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_operator_of_an_installed_package_is_known_by_its_entry_point(site: Path, tmp_path: Path) -> None:
    done = run(["-m", "netstat", "list", "operators"], tmp_path, site)
    assert "settle " in done.stdout, done.stderr
    assert "settle" not in OPERATORS


@pytest.mark.slow
def test_a_model_with_a_layer_of_that_package_is_counted_without_a_further_word(site: Path, tmp_path: Path) -> None:
    (tmp_path / "my_model.py").write_text("def build():\n    import settle\n    return settle.Settle()\n")
    done = run(["-m", "netstat", "profile", "my_model.py:build", "-i", "64", "--fast", "--strict"], tmp_path, site)
    assert done.returncode == 0, done.stderr
    assert "settle" in done.stdout


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder of installed packages, one of which names operators that cannot be imported."""
    site = tmp_path / "site"
    entry_points = {"netstat.operators": {"broken": "broken_formulas"}}
    install({"name": "broken", "version": "1.0", "entry-points": entry_points}, site)
    (site / "broken_formulas.py").write_text("import netstat\n\nnetstat.no_such_thing\n")
    return site


@pytest.mark.slow
def test_a_package_whose_operators_cannot_be_imported_is_one_line_that_names_it(broken: Path, tmp_path: Path) -> None:
    done = run(["-m", "netstat", "list", "operators"], tmp_path, broken)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("netstat: the operators of 'broken_formulas' cannot be loaded (AttributeError: ")
    assert line.endswith("mend or uninstall that package")


def test_a_built_in_model_needs_no_package_and_minds_no_broken_one(broken: Path, tmp_path: Path) -> None:
    done = run(["-m", "netstat", "profile", "alexnet", "--fast"], tmp_path, broken)
    assert done.returncode == 0, done.stderr
