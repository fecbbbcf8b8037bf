"""What README.md shows is what happens."""

import json
import re
import shlex
from pathlib import Path

import pytest
from readme import README, blocks, examples, output_of, run

from netstat.cli import main

pytestmark = [pytest.mark.torch, pytest.mark.peers]

TEXT = README.read_text(encoding="utf-8")
PEER_VERSIONS = re.compile(r"^(thop|fvcore|torch) \S+ +", re.MULTILINE)
PRINTS = re.compile(r"print\(.*\)  # ([^:\n]*)")
MODELS = """
from torch import nn


def build():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())


class Tagger(nn.Module):
    def __init__(self, words=1000, width=32):
        super().__init__()
        self.words, self.head = nn.Embedding(words, width), nn.Linear(width, 17)

    def forward(self, ids):
        return self.head(self.words(ids))
"""
CONFIG = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 2, "n_embd": 32, "n_head": 2}


def write_models(folder: Path) -> None:
    """The files the command lines name."""
    import torch
    from safetensors.torch import save_file

    (folder / "my_model.py").write_text(MODELS)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    layer = torch.nn.Conv2d(3, 4, 3)
    save_file(layer.state_dict(), folder / "weights.safetensors")
    torch.onnx.export(layer.eval(), (torch.zeros(1, 3, 8, 8),), folder / "model.onnx", verbose=False)


def test_the_readme_shows_output_of_four_commands() -> None:
    assert len(blocks(TEXT)) == 4


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_in_the_readme_is_the_commands_output(command: str, shown: str) -> None:
    def unversioned(text: str) -> str:
        return PEER_VERSIONS.sub(lambda found: found[1] + " ", text)

    assert unversioned(output_of(command)) == unversioned(shown)


def test_the_set_up_commands_stand_alone_on_their_lines() -> None:
    commands = [block.strip() for block in examples(TEXT, "bash")]
    assert commands[0] == "pip install . && netstat profile alexnet"
    assert commands[1] == 'pip install ".[test]" && pytest'


@pytest.mark.parametrize("code", examples(TEXT, "python"))
def test_a_python_example_runs_and_prints_what_its_comments_say(code: str, tmp_path: Path) -> None:
    done = run(["-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    said = PRINTS.findall(code)
    assert len(said) == 2
    assert [line for line in done.stdout.splitlines() if line in said] == said


@pytest.mark.slow
def test_the_python_example_saves_the_file_it_names(tmp_path: Path) -> None:
    run(["-c", examples(TEXT, "python")[0]], tmp_path)
    assert (tmp_path / "model.md").is_file()


def command_lines() -> list[str]:
    lines = [line.partition("#")[0].strip() for line in examples(TEXT, "bash")[2].splitlines()]
    return [line for line in lines if line]


@pytest.mark.slow
@pytest.mark.parametrize("line", command_lines())
def test_every_command_line_of_the_readme_runs(line: str, tmp_path: Path, monkeypatch, capsys) -> None:
    import torch

    monkeypatch.chdir(tmp_path)
    write_models(tmp_path)
    code = main(shlex.split(line)[1:])
    no_such_device = "cuda" in line and not torch.cuda.is_available()
    assert code == (2 if no_such_device else 0), capsys.readouterr().err
