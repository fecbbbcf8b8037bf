"""The shells themselves complete netstat's command line, with names from the registries."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from netstat.cli import main
from netstat.cli._arguments import COMMANDS
from netstat.cli._shells import SHELLS
from netstat.models import MODELS

CASES = {
    "netstat pro": ["profile"],
    "netstat profile alexnet-": ["alexnet-paper", "alexnet-bvlc", "alexnet-d2l"],
    "netstat profile my_m": ["my_model.py"],
    "netstat compare alexnet len": ["lenet"],
    "netstat profile alexnet --no-c": ["--no-crosscheck"],
    "netstat profile alexnet --as ptflops-r": ["ptflops-readme"],
    "netstat crosscheck alexnet --against thop,fvc": ["thop,fvcore"],
    "netstat stat --columns path,mac": ["path,macs", "path,macs_share"],
    "netstat benchmark alexnet --sort t": ["time"],
    "netstat benchmark --mode eager,cu": ["eager,cuda-graph"],
    "netstat forecast alexnet --device h2": ["h200"],
    "netstat memory --optimizer sgd-": ["sgd-momentum"],
    "netstat list mo": ["models"],
    "netstat profile lenet -o my_": ["my_model.py"],
    "netstat profile lenet --charts pla": ["places"],
}
BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_shtab_netstat 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = 'PS1=; autoload -Uz compinit; compinit -u -D; eval "$(<{script})"; print -r -- rea""dy'


def need(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")


@pytest.fixture
def script(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch, capsys) -> Path:
    """The script for the shell that the test names, in a folder with things to complete."""
    shell = request.param
    need(shell)
    assert main(["completion", shell]) == 0
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_model.py").touch()
    (tmp_path / "places").mkdir()
    script = tmp_path / f"script.{shell}"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    return script


def said(*command: str | Path) -> list[str]:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("script", ["bash"], indirect=True)
@pytest.mark.parametrize("line", CASES)
def test_bash_completes_it(script: Path, line: str) -> None:
    assert said("bash", "--norc", "-c", BASH, "bash", script, *line.split(" ")) == CASES[line]


@pytest.mark.parametrize("script", ["fish"], indirect=True)
def test_fish_completes_it(script: Path) -> None:
    asked = "; ".join(f"echo '> {line}'; complete -C '{line}'" for line in CASES)
    answers = "\n".join(said("fish", "--no-config", "-c", f"source {script}; {asked}")).split("> ")[1:]
    found = {lines[0]: {line.partition("\t")[0] for line in lines[1:]} for lines in map(str.splitlines, answers)}
    assert found == {line: set(words) for line, words in CASES.items()} | {
        "netstat profile lenet --charts pla": {"places/"}
    }


@pytest.mark.parametrize("script", ["zsh"], indirect=True)
def test_zsh_completes_what_has_one_completion(script: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    surroundings = {**os.environ, "TERM": "dumb", "HOME": str(script.parent)}
    zsh = pexpect.spawn("zsh -f -i", encoding="utf-8", timeout=20, dimensions=(50, 300), env=surroundings)
    zsh.sendline(ZSH.format(script=script))
    zsh.expect("\nready\r")
    for line, words in CASES.items():
        if len(words) == 1:
            zsh.send(f"{line}\t\x01print -r -- '=\x05'\r")
            zsh.expect(r"\n=([^\r]*)\r")
            assert zsh.match[1] == f"{line.rpartition(' ')[0]} {words[0]}"
    zsh.close()


@pytest.mark.parametrize("script", ["tcsh"], indirect=True)
def test_tcsh_takes_the_script_and_knows_the_names(script: Path) -> None:
    known = "\n".join(said("tcsh", "-f", "-c", f"source {script}; complete netstat"))
    assert f"p/1/({' '.join(COMMANDS)})/" in known
    assert f"n/profile/({' '.join(MODELS.names())})/" in known


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_is_completed_in_every_shell(shell: str, capsys) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [command for command in COMMANDS if command not in script] == []


def test_a_shell_without_completion_is_refused_in_one_line(capsys) -> None:
    assert main(["completion", "ksh"]) == 2
    assert capsys.readouterr().err.startswith("netstat: argument bash|zsh|fish|tcsh: invalid choice: 'ksh'")
