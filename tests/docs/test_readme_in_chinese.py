"""What docs/README.zh.md shows is what happens."""

import re
from pathlib import Path

import pytest
from readme import ROOT, blocks, examples, output_of, run
from test_readme import PEER_VERSIONS, PRINTS

pytestmark = [pytest.mark.torch, pytest.mark.peers]

TEXT = (ROOT / "docs" / "README.zh.md").read_text(encoding="utf-8")
SETUP, LANGUAGE, *_ = examples(TEXT, "bash")


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), blocks(TEXT))
def test_an_output_shown_in_chinese_is_the_commands_output(command: str, shown: str) -> None:
    def unversioned(text: str) -> str:
        return PEER_VERSIONS.sub(lambda found: found[1] + " ", text)

    assert "--lang zh" in command
    assert unversioned(output_of(command)) == unversioned(shown)


def test_it_begins_as_the_english_one_does() -> None:
    assert SETUP == "pip install .\nnetstat profile alexnet --lang zh\n"
    assert LANGUAGE == "export NETSTAT_LANG=zh\n"
    assert "(docs/README.zh.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("code", examples(TEXT, "python"))
def test_a_python_example_in_chinese_prints_what_its_comments_say(code: str, tmp_path: Path) -> None:
    done = run(["-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    assert [said for said in PRINTS.findall(code) if said not in done.stdout.splitlines()] == []


def test_the_formulas_it_states_are_the_ones_that_are_derived() -> None:
    table = dict(re.findall(r"^\| (\S+).* \| (.*[·/].*) \|$", TEXT, re.MULTILINE))
    derived = next(shown for command, shown in blocks(TEXT) if command.startswith("explain"))
    for formula in (table["输出尺寸"].removeprefix("H_out = "), table["参数量"], table["乘加次数"]):
        assert f"{formula} = " in derived
