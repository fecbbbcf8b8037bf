"""`netstat compare --stack`: small kernels beside large ones."""

import json

from tests.cli.runs import Refused, Run


def test_three_small_convolutions_stand_beside_a_large_one(netstat: Run) -> None:
    ended = netstat("compare", "--stack", "conv3x3-256 x3", "--stack", "conv7x7-256", "--json")
    three, one = json.loads(ended.out)["models"]
    assert (three["model"], three["totals"]["params"]) == ("conv3x3-256 x3", 1_769_472)
    assert (one["model"], one["totals"]["params"]) == ("conv7x7-256", 3_211_264)
    assert (three["receptive_field"], three["nonlinearities"]) == ([7, 7], 3)
    assert ended.err == ""


def test_the_table_of_stacks_has_field_and_non_linearities_and_one_input(netstat: Run, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ended = netstat("compare", "--stack", "conv3x3-256 x3", "--stack", "conv1x7-256 + conv7x1-256")
    heading, columns, *_ = ended.out.splitlines()
    assert heading == "comparison · 2 models · input 1×256×56×56"
    assert columns.split() == ["model", "params", "×", "first", "MACs", "×", "first", "field", "non-linear"]


def test_stacks_follow_models(netstat: Run) -> None:
    ended = netstat("compare", "--stack", "conv3x3-64", "alexnet", "--json")
    assert [model["model"] for model in json.loads(ended.out)["models"]] == ["alexnet", "conv3x3-64"]


def test_models_may_stand_after_options(netstat: Run) -> None:
    late = netstat("compare", "alexnet", "-b", "2", "vgg16", "--stack", "conv3x3-64", "lenet")
    assert late.out == netstat("compare", "alexnet", "vgg16", "lenet", "-b", "2", "--stack", "conv3x3-64").out
    assert late.out.startswith("comparison · 4 models")


def test_an_unknown_option_between_models_is_named(refused: Refused) -> None:
    said = refused("compare", "alexnet", "--bogus", "vgg16", "-b", "2", "lenet")
    assert said == "compare does not take '--bogus'; see netstat compare --help"


def test_stacks_of_different_inputs_are_said_to_be(netstat: Run) -> None:
    apart = netstat("compare", "--stack", "conv3x3-64", "--stack", "conv3x3-128")
    assert apart.err == "netstat: these stacks have different inputs; -i 256x56x56 gives all of them the same\n"
    assert netstat("compare", "--stack", "conv3x3-64", "--stack", "conv3x3-128", "-i", "64x8x8").err == ""


def test_a_stack_is_profiled_like_any_model(netstat: Run) -> None:
    ended = netstat("profile", "stack: conv3x3-64/2", "--fast", "-i", "64x8x8", "--json")
    assert json.loads(ended.out)["layers"][-1]["output_shapes"] == [[1, 64, 4, 4]]


def test_a_stack_that_cannot_be_read_is_refused(refused: Refused) -> None:
    said = refused("compare", "alexnet", "--stack", "3x3-256")
    assert said.startswith("stack '3x3-256': unknown layer ''; there is conv, dwconv")
    assert "write for example 'conv3x3-256 x3'" in said


def test_a_stack_that_does_not_fit_says_what_would(refused: Refused) -> None:
    said = refused("compare", "--stack", "conv7x7-4 p0", "-i", "4x5x5", code=3)
    assert said.endswith("4×7×7 is the smallest square input that works")


def test_a_comparison_of_nothing_is_refused(refused: Refused) -> None:
    said = refused("compare")
    assert said == "name models to compare, or stacks: netstat compare --stack 'conv3x3-256 x3' --stack conv7x7-256"
