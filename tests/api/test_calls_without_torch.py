"""The Python side of the contract, as far as it needs no torch."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import netstat
from netstat.errors import IncompleteError, ModelError, NetstatError, ShapeError, UsageError
from netstat.frontends.builder import build_graph
from netstat.graph import TensorSpec
from netstat.models import MODELS
from netstat.records import Profile, Uncounted
from netstat.records.view import View

MACS, PARAMS = 714_188_480, 61_100_840  # of AlexNet


@pytest.fixture(scope="module")
def alexnet() -> Profile:
    return netstat.profile("alexnet")


def test_a_profile_by_name_has_totals_that_are_ints(alexnet: Profile) -> None:
    assert (alexnet.totals.params, alexnet.totals.macs) == (PARAMS, MACS)
    assert {type(figure) for figure in (alexnet.totals.params, alexnet.totals.macs, alexnet.totals.flops)} == {int}


def test_a_profile_has_a_row_per_operator_call(alexnet: Profile) -> None:
    rows = [(row.path, row.op, row.output_shape, row.params, row.macs) for row in alexnet.layers]
    assert rows[0] == ("features.0", "conv2d", (1, 64, 55, 55), 23_296, 70_276_800)
    assert rows[-1] == ("classifier.6", "linear", (1, 1000), 4_097_000, 4_096_000)


def test_a_complete_profile_has_nothing_uncounted(alexnet: Profile) -> None:
    assert alexnet.complete is True
    assert alexnet.uncounted == ()


def test_the_batch_multiplies_and_the_shape_is_without_it(alexnet: Profile) -> None:
    four = netstat.profile("alexnet", (3, 224, 224), batch=4)
    assert four.inputs[0].shape == (4, 3, 224, 224)
    assert (four.totals.macs, four.totals.params) == (4 * MACS, PARAMS)
    assert netstat.profile("alexnet", [3, 224, 224]) == netstat.profile("alexnet", {"input": (3, 224, 224)}) == alexnet


def test_every_option_of_the_program_is_one_of_the_function() -> None:
    profile = netstat.profile("vgg11", (3, 64, 64), dtype="bf16", convention="macs", depth=1)
    assert (profile.convention, profile.unit, len(profile.layers)) == ("macs", "macs", 4)
    assert profile.totals.count == profile.totals.macs
    assert profile.totals.param_bytes == 2 * profile.totals.params


def test_options_stand_in_brackets_behind_the_name() -> None:
    assert netstat.profile("alexnet(num_classes=10)").layers[-1].output_shape == (1, 10)


def test_printing_a_profile_shows_its_table(alexnet: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    print(alexnet)  # noqa: T201  what is tested
    shown = capsys.readouterr().out
    assert f"{MACS:,}" in shown
    assert shown.rstrip("\n") == str(alexnet).rstrip("\n")


def test_stat_prints_the_profile(alexnet: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    assert netstat.stat("alexnet", (3, 224, 224)) is None
    assert capsys.readouterr().out.rstrip("\n") == str(alexnet).rstrip("\n")


def test_a_notebook_shows_a_table_too(alexnet: Profile) -> None:
    assert "<td class=left>features.0</td>" in alexnet._repr_html_()


def test_a_profile_as_a_dict_is_what_its_file_holds(alexnet: Profile, tmp_path: Path) -> None:
    alexnet.save(tmp_path / "alexnet.json")
    assert json.loads((tmp_path / "alexnet.json").read_text(encoding="utf-8")) == alexnet.to_dict()
    assert netstat.load(tmp_path / "alexnet.json") == alexnet


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "md", "tex", "svg"])
def test_a_profile_is_saved_in_the_format_of_the_suffix(alexnet: Profile, tmp_path: Path, suffix: str) -> None:
    alexnet.save(tmp_path / f"a.{suffix}")
    assert b"features.0" in (tmp_path / f"a.{suffix}").read_bytes() or suffix == "svg"


def test_saving_over_a_foreign_file_takes_force(alexnet: Profile, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(UsageError, match="use --force"):
        alexnet.save(path)
    alexnet.save(path, force=True)
    assert path.read_bytes() != b"mine"


def test_a_tree_is_walked_in_python(alexnet: Profile) -> None:
    features = alexnet.tree()[0]
    assert (features.name, features.kind, features.layer.params) == ("features", "Sequential", 2_469_696)
    assert sum(branch.layer.macs * branch.repeats for branch in features.children) == features.layer.macs
    assert [branch.children for branch in alexnet.tree(depth=1)] == [()] * 4
    assert "├ 0 " in alexnet.table(tree=True)


def test_a_view_goes_into_files_too(alexnet: Profile, tmp_path: Path) -> None:
    alexnet.save(tmp_path / "a.md", view=View(tree=True, filters=("conv2d",)))
    assert "| · 10 | conv2d |" in (tmp_path / "a.md").read_text(encoding="utf-8")


def test_strict_takes_a_complete_profile_and_a_saved_one(alexnet: Profile, tmp_path: Path) -> None:
    assert netstat.profile("alexnet", strict=True) == alexnet
    replace(alexnet, complete=False, uncounted=(Uncounted("a", "my_op", 1, 2),)).save(tmp_path / "a.json")
    with pytest.raises(IncompleteError, match="no formula for my_op in a: the totals are lower bounds"):
        netstat.profile(tmp_path / "a.json", strict=True)


def test_what_the_forward_pass_was_followed_on_is_in_the_profile(alexnet: Profile) -> None:
    assert alexnet.captured == ""


def test_profiles_names_and_files_are_compared(alexnet: Profile, tmp_path: Path) -> None:
    alexnet.save(tmp_path / "a.json")
    comparison = netstat.compare(alexnet, "vgg16", tmp_path / "a.json")
    assert [model.model for model in comparison.models] == ["alexnet", "vgg16", "alexnet"]
    assert [model.params_ratio for model in comparison.models] == [1, 138_357_544 / PARAMS, 1]


def test_models_can_be_compared_at_one_input() -> None:
    comparison = netstat.compare("vgg11", "vgg16", input_shape=(3, 64, 64), batch=2)
    assert {model.inputs for model in comparison.models} == {((2, 3, 64, 64),)}


def test_a_graph_is_profiled_as_it_is() -> None:
    graph = build_graph("vgg11", MODELS["vgg11"].build(), TensorSpec((2, 3, 224, 224)))
    assert netstat.profile(graph) == netstat.profile("vgg11", batch=2)
    with pytest.raises(UsageError, match="a Graph has its inputs already"):
        netstat.profile(graph, batch=3)
    with pytest.raises(ModelError, match="a Graph has no module to run"):
        netstat.crosscheck(graph)


def test_a_saved_result_is_not_counted_anew(alexnet: Profile, tmp_path: Path) -> None:
    alexnet.save(path := tmp_path / "a.json")
    for options in (
        {"batch": 2},
        {"input_shape": (3, 64, 64)},
        {"convention": "macs"},
        {"depth": 1},
        {"dtype": "bf16"},
        {"backward": True},
    ):
        with pytest.raises(UsageError, match="is a saved result and stays as it was counted"):
            netstat.profile(path, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"input_shape": (3, 0, 224)},
            r"input shape \(3, 0, 224\) needs positive whole sizes, such as \(3, 224, 224\)",
        ),
        ({"input_shape": (3, -1, 224)}, "needs positive whole sizes"),
        ({"input_shape": (3, 2.5, 224)}, "needs positive whole sizes"),
        ({"input_shape": (3, True, 224)}, "needs positive whole sizes"),
        ({"input_shape": "3x224x224"}, "input shape '3x224x224' is no tuple of sizes; write for example"),
        ({"input_shape": 224}, "input shape 224 is no tuple of sizes"),
        ({"batch": 0}, "batch must be a positive whole number, got 0"),
        ({"batch": 1.5}, "batch must be a positive whole number, got 1.5"),
        ({"batch": True}, "batch must be a positive whole number, got True"),
        ({"dtype": "float31"}, "unknown dtype 'float31'"),
        ({"dtype": "int8"}, "dtype 'int8' is not a floating-point one"),
        ({"convention": "document"}, r"unknown convention 'document'; did you mean documents\?"),
        ({"depth": 0}, "depth must be 1 or more, got 0"),
        ({"args": (1,), "batch": 2}, r"give either shapes \(and a batch\) or the inputs themselves, not both"),
        ({"args": 7}, "args is a tuple of inputs and kwargs a dict of them"),
        ({"kwargs": [7]}, "args is a tuple of inputs and kwargs a dict of them"),
    ],
)
def test_a_call_that_cannot_be_is_refused_with_a_reason(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        netstat.profile("alexnet", **options)


def test_an_input_that_does_not_fit_is_an_error_that_knows_the_layer() -> None:
    with pytest.raises(ShapeError, match=r"layer 'features\.0': needs 3 input channels, got 1") as caught:
        netstat.profile("alexnet", (1, 28, 28))
    assert (caught.value.path, caught.value.too_small) == ("features.0", False)
    assert isinstance(caught.value, ModelError)
    assert isinstance(caught.value, NetstatError)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(UsageError, match=r"this int is no model; give a name, a torch\.nn\.Module or a callable"):
        netstat.profile(7)
    with pytest.raises(UsageError, match="name at least one model to compare"):
        netstat.compare()
    with pytest.raises(ModelError, match=r"cannot read 'none\.json': No such file or directory"):
        netstat.load("none.json")


def test_the_package_offers_what_the_contract_names_and_nothing_else() -> None:
    assert {"profile", "crosscheck", "benchmark", "compare", "load", "stat"} <= {*dir(netstat)}
    with pytest.raises(AttributeError, match="module 'netstat' has no attribute 'profil'"):
        _ = netstat.profil  # type: ignore[attr-defined]
