"""A badge says what the profile says, whatever the model is called."""

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import netstat
from netstat.cli import main
from netstat.errors import UsageError
from netstat.reports._badge import FIGURES, badge_line
from tests.reports.samples import ALEXNET_PROFILE, HOSTILE_PROFILE

BADGE = re.compile(r"!\[(?P<alt>.*)\]\(https://img\.shields\.io/badge/(?P<path>[\w.~%-]+)\)", re.ASCII)
PARTS = re.compile(r"((?:[^-]|--)*?)-((?:[^-]|--)*)-((?:[^-.]|--)+)")  # shields.io's own rule


def drawn(line: str) -> list[str]:
    """Label, message and colour as shields.io reads them off the address."""
    badge = BADGE.fullmatch(line)
    assert badge, line
    parts = PARTS.fullmatch(badge["path"])
    assert parts, line
    spaced = [re.sub(r"(^|[^_])((?:__)*)_(?!_)", r"\1\2 ", unquote(part)) for part in parts.groups()]
    return [part.replace("__", "_").replace("--", "-") for part in spaced]


def test_the_badge_of_alexnet_says_its_params_macs_and_input() -> None:
    assert netstat.badge("alexnet") == (
        "![alexnet: 61.1 M params · 714.2 M MACs at 1×3×224×224](https://img.shields.io/badge/"
        "alexnet-61.1%20M%20params%20%C2%B7%20714.2%20M%20MACs%20at%201%C3%973%C3%97224%C3%97224-blue)"
    )


def test_the_command_prints_the_line_with_the_figures_that_were_asked_for(capsys) -> None:
    assert main(["badge", "alexnet", "-b", "2", "--figures", "params,flops,param_bytes"]) == 0
    out = capsys.readouterr().out
    assert out == netstat.badge("alexnet", batch=2, figures=["params", "flops", "param_bytes"]) + "\n"
    assert drawn(out.strip())[1] == "61.1 M params · 2.859 G FLOPs · 233.08 MiB of params at 2×3×224×224"


def test_a_saved_profile_and_one_at_hand_have_the_same_badge(tmp_path, capsys) -> None:
    profile = netstat.profile("lenet")
    profile.save(tmp_path / "lenet.json")
    assert main(["badge", str(tmp_path / "lenet.json")]) == 0
    assert capsys.readouterr().out.strip() == netstat.badge(profile) == netstat.badge("lenet")


def test_a_lower_bound_is_marked_and_grey() -> None:
    _, message, color = drawn(badge_line(HOSTILE_PROFILE))
    assert message.startswith("87 params · ≥2 k MACs")
    assert color == "lightgrey"


@settings(max_examples=50)
@given(st.text(min_size=1))
def test_any_name_is_the_label_and_stays_text(name: str) -> None:
    line = badge_line(replace(ALEXNET_PROFILE, model=name))
    shown = "".join(filter(str.isprintable, name))
    assume(shown == shown.strip("-"))  # which of three dashes in a row parts label and message, the rule leaves open
    assert drawn(line)[0] == shown
    alt = BADGE.fullmatch(line)["alt"]
    assert re.sub(r"\\(.)", r"\1", alt).startswith(f"{shown}: ")
    assert re.search(r"(?<!\\)(?:\\\\)*[\]\[`<*_&]", alt) is None


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_can_be_shown(figure: str) -> None:
    assert drawn(badge_line(ALEXNET_PROFILE, [figure]))[1].endswith(" at 1×3×224×224")


def test_a_figure_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown figure 'mac'; did you mean macs"):
        netstat.badge("lenet", figures=["mac"])
