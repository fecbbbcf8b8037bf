"""What README.md shows is what happens."""

import io
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from readme import README, blocks, output_of

from netstat.cli import main

pytestmark = [pytest.mark.torch, pytest.mark.peers]

TEXT = README.read_text(encoding="utf-8")
PEER_VERSIONS = re.compile(r"^(thop|fvcore|torch) \S+ +", re.MULTILINE)
MODEL = "from torch import nn\n\n\ndef build():\n    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())\n"


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_readme_shows_output_of_three_commands() -> None:
    assert len(blocks(TEXT)) == 3


@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_in_the_readme_is_the_commands_output(command: str, shown: str) -> None:
    def unversioned(text: str) -> str:
        return PEER_VERSIONS.sub(lambda found: found[1] + " ", text)

    assert unversioned(output_of(command)) == unversioned(shown)


def test_the_set_up_commands_stand_alone_on_their_lines() -> None:
    commands = [block.strip() for block in examples("bash")]
    assert commands[0] == "pip install . && netstat profile alexnet"
    assert commands[1] == 'pip install ".[test]" && pytest'


def test_the_python_example_runs_and_prints_what_its_comments_say(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = examples("python")
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "README.md", "exec"), {})
    assert "61100840 714188480" in printed.getvalue()
    assert "True ()" in printed.getvalue()
    assert (tmp_path / "model.md").is_file()


def command_lines() -> list[str]:
    lines = [line.partition("#")[0].strip() for line in examples("bash")[2].splitlines()]
    return [line for line in lines if line]


@pytest.mark.slow
@pytest.mark.parametrize("line", command_lines())
def test_every_command_line_of_the_readme_runs(line: str, tmp_path: Path, monkeypatch, capsys) -> None:
    import torch

    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_model.py").write_text(MODEL)
    code = main(shlex.split(line)[1:])
    no_such_device = "cuda" in line and not torch.cuda.is_available()
    assert code == (2 if no_such_device else 0), capsys.readouterr().err
