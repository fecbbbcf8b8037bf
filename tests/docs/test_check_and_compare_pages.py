"""What docs/check.md and docs/compare.md show is what happens."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from readme import ROOT, blocks, examples, output_of, run, write_files

from netstat.cli._arguments import parse

PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("check", "compare")}
BLOCKS = [(name, *block) for name, text in PAGES.items() for block in blocks(text)]
COMMAND = re.compile(r"^netstat (?P<arguments>.*?)(?: +# exit code (?P<code>\d))?$", re.MULTILINE)
SAID = re.compile(r"(?:print\(.*\)  )?# (.*)")


@pytest.mark.parametrize(("name", "command", "shown"), BLOCKS, ids=[command for _, command, _ in BLOCKS])
def test_an_output_shown_on_the_page_is_the_commands_output(
    name: str, command: str, shown: str, tmp_path: Path
) -> None:
    write_files(PAGES[name], tmp_path)
    assert output_of(command, tmp_path) == shown != ""


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_the_page_end_as_it_says(name: str, tmp_path: Path) -> None:
    write_files(PAGES[name], tmp_path)
    for found in COMMAND.finditer("\n".join(examples(PAGES[name], "bash"))):
        done = run(["-m", "netstat", *shlex.split(found["arguments"])], tmp_path)
        assert done.returncode == int(found["code"] or 0), found[0] + done.stderr


@pytest.mark.parametrize("name", PAGES)
def test_the_python_of_the_page_prints_what_its_comments_say(name: str, tmp_path: Path) -> None:
    (code,) = examples(PAGES[name], "python")
    done = run(["-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == SAID.findall(code) != []


@pytest.mark.parametrize("name", PAGES)
def test_every_netstat_step_of_a_workflow_is_a_command_there_is(name: str) -> None:
    (text,) = examples(PAGES[name], "yaml")
    (job,) = yaml.safe_load(text)["jobs"].values()
    steps = [shlex.split(step["run"])[1:] for step in job["steps"] if step.get("run", "").startswith("netstat ")]
    commands = {"check": ["check"], "compare": ["profile", "profile", "compare"]}
    assert [parse(step)[1].command for step in steps] == commands[name]
