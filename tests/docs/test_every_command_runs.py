"""Every command line that README.md and docs/ show runs: here, in the test of its page, or it is said why not."""

import json
from pathlib import Path

import pytest
from commands import Line, lines
from links import PAGES
from readme import README, ROOT, write_files

import netstat
from netstat.cli import main
from netstat.models import MODELS

# Pages that are followed from top to bottom, each by a test of its own.
FOLLOWED = {
    "check.md": "test_check_and_compare_pages.py",
    "compare.md": "test_check_and_compare_pages.py",
    "how-to.md": "test_guides.py",
    "integrations.md": "test_integrations.py",
    "tutorial.md": "test_guides.py",
}
# Beginnings of commands, and why they are not run.
NOT_RUN = {
    "python -c ": "tests/documents runs it, with what follows it",
    "netstat profile alexnet.onnx ": "tests/documents runs it, after the export",
    "python -m netstat.peers": "installs from a registry",
    "python -m tests.": "minutes, and rewrites a page; below: it is there, and contributors are told of it",
    "python -m venv ": "makes an environment",
    "python tests/docs/readme.py": "rewrites pages, whose outputs are tested one by one",
}
# What a table mentions by its name.
NAMES = {"netstat completion", "netstat benchmark", "netstat benchmark --train"}
COUNTED = {
    "badge",
    "check",
    "compare",
    "completion",
    "explain",
    "forecast",
    "formula",
    "list",
    "scaling",
    "stat",
    "views",
}
NEEDS_MORE = ("--charts", ".png", "--train ", "vgg16-functional")  # matplotlib, or torch
TIMED = {"activations", "benchmark", "pipeline", "profile", "report"}
CONFIG = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 2, "n_embd": 32, "n_head": 2}

ALL = [line for page in PAGES for line in lines(page)]
HERE = {
    line.commands: line
    for line in reversed(ALL)  # of pages that show the same, the first is named
    if line.page not in FOLLOWED and not line.commands[0].startswith(tuple(NOT_RUN)) and line.commands[0] not in NAMES
}


def is_light(line: Line) -> bool:
    """Whether it counts built-in models as they are described, which takes neither torch nor time."""
    return not any(mark in command for command in line.commands for mark in NEEDS_MORE) and all(
        (words[0] in COUNTED or "--fast" in words) and all(map(_is_at_hand, _models(words))) for words in line.words()
    )


def _models(words: list[str]) -> list[str]:
    """The words between the command and its options, of a command that takes models."""
    last = {"list": 1, "completion": 1, "explain": 2}.get(words[0])
    options = next((place for place, word in enumerate(words) if word.startswith("-")), None)
    return words[1 : last or options]


def _is_at_hand(model: str) -> bool:
    return model.partition("(")[0] in MODELS or (model.endswith(".json") and ":" not in model)


LIGHT = [line for line in HERE.values() if is_light(line)]
HEAVY = [line for line in HERE.values() if not is_light(line)]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that commands of the pages name, those apart that torch writes."""
    monkeypatch.chdir(tmp_path)
    write_files(README.read_text(encoding="utf-8"), tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    for name in ("old.json", "new.json"):
        netstat.profile("alexnet").save(tmp_path / name)
    return tmp_path


def write_weights(folder: Path) -> None:
    """One layer, as ONNX and as safetensors."""
    import torch
    from safetensors.torch import save_file

    layer = torch.nn.Conv2d(3, 4, 3)
    save_file(layer.state_dict(), folder / "weights.safetensors")
    torch.onnx.export(layer.eval(), (torch.zeros(1, 3, 8, 8),), folder / "model.onnx", verbose=False)


def quick(words: list[str]) -> list[str]:
    """The same, with a first look at times in place of figures to cite."""
    is_measured = words[0] in TIMED and not {"--fast", "--quick"} & {*words}
    return [*words, "--quick"] if is_measured else words


def ids(line: Line) -> str:
    return f"{line.page}: {' && '.join(line.commands)}"


@pytest.mark.parametrize("line", LIGHT, ids=ids)
def test_a_command_that_counts_a_built_in_model_runs(line: Line, place: Path, capsys) -> None:
    codes = [main(words) for words in line.words()]
    assert codes[-1] == line.code, capsys.readouterr().err
    assert set(codes[:-1]) <= {0}


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.peers
@pytest.mark.parametrize("line", HEAVY, ids=ids)
def test_every_other_command_runs(line: Line, place: Path, capsys) -> None:
    import torch

    write_weights(place)
    no_such_device = "--device cuda" in line.commands[-1] and not torch.cuda.is_available()
    codes = [main(quick(words)) for words in line.words()]
    assert codes[-1] == (2 if no_such_device else line.code), capsys.readouterr().err
    assert set(codes[:-1]) <= {0}


def test_a_page_that_is_followed_is_named_by_its_test() -> None:
    for page, test in FOLLOWED.items():
        assert page.removesuffix(".md") in (Path(__file__).parent / test).read_text(encoding="utf-8")


def test_nothing_is_left_out_that_no_page_shows() -> None:
    commands = [command for line in ALL for command in line.commands]
    assert [start for start in NOT_RUN if not any(command.startswith(start) for command in commands)] == []
    assert {*commands} >= NAMES


def test_contributors_are_told_of_every_program_of_the_tests() -> None:
    told = {line.commands[0].split()[2] for line in ALL if line.commands[0].startswith("python -m tests.")}
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    assert {f"tests.{path.parent.name}" for path in (ROOT / "tests").glob("*/__main__.py")} <= told
    for name in told:
        assert f"python -m {name} " in page
        place = ROOT.joinpath(*name.split("."))
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file()
