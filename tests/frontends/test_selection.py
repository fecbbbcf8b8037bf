"""Patterns choose parameters by their names, by the modules around them and by the classes of these."""

import pytest

import netstat
from netstat.errors import UsageError
from netstat.frontends.selection import EVERYTHING, Selection, chosen, selection
from netstat.frontends.subject import Inputs, built_in
from netstat.graph import Graph, Param, TensorSpec


def trained(graph: Graph, freeze: tuple[str, ...] = (), train_only: tuple[str, ...] = ()) -> set[str]:
    return {param.name for param in chosen(graph, Selection(freeze, train_only)).params if param.trainable}


@pytest.fixture(scope="module")
def alexnet() -> Graph:
    return built_in("alexnet", {}, Inputs()).graph


WEIGHTED = [f"features.{i}" for i in (0, 3, 6, 8, 10)] + [f"classifier.{i}" for i in (1, 4, 6)]
BOTH = ("weight", "bias")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("classifier.6", {"classifier.6.weight", "classifier.6.bias"}),
        ("classifier.6.*", {"classifier.6.weight", "classifier.6.bias"}),
        ("classifier", {f"{path}.{name}" for path in WEIGHTED[5:] for name in BOTH}),
        ("classifier.*", {f"{path}.{name}" for path in WEIGHTED[5:] for name in BOTH}),
        ("features.0.weight", {"features.0.weight"}),
        ("*.bias", {f"{path}.bias" for path in WEIGHTED}),
        ("features.[36]", {f"features.{i}.{name}" for i in (3, 6) for name in BOTH}),
        ("Linear", {f"{path}.{name}" for path in WEIGHTED[5:] for name in BOTH}),
        ("Conv*", {f"{path}.{name}" for path in WEIGHTED[:5] for name in BOTH}),
        ("AlexNet", {f"{path}.{name}" for path in WEIGHTED for name in BOTH}),
        ("*", {f"{path}.{name}" for path in WEIGHTED for name in BOTH}),
    ],
)
def test_a_pattern_chooses_what_it_says(alexnet: Graph, pattern: str, names: set[str]) -> None:
    every = trained(alexnet)
    assert trained(alexnet, train_only=(pattern,)) == names
    assert trained(alexnet, freeze=(pattern,)) == every - names


def test_several_patterns_choose_together_and_freeze_takes_away_from_what_trains(alexnet: Graph) -> None:
    assert trained(alexnet, train_only=("features.0", "classifier.6"), freeze=("*.bias",)) == {
        "features.0.weight",
        "classifier.6.weight",
    }
    assert trained(alexnet, freeze=("features", "classifier")) == set()


def test_what_came_frozen_trains_where_it_is_what_trains_alone(alexnet: Graph) -> None:
    frozen = chosen(alexnet, Selection(freeze=("*",)))
    assert trained(frozen, train_only=("classifier.6",)) == {"classifier.6.weight", "classifier.6.bias"}
    assert trained(frozen, freeze=("features",)) == set()
    assert chosen(frozen, EVERYTHING) == alexnet


def test_buffers_and_whole_numbers_never_train() -> None:
    spec = TensorSpec((2, 2))
    params = (Param("w", spec), Param("scale", spec, False, buffer=True), Param("n", TensorSpec((2,), "int64"), False))
    assert trained(Graph("made by hand", (), (), params), train_only=("*",)) == {"w"}


def test_one_pattern_may_stand_alone() -> None:
    assert selection("features", ["a", "b"]) == Selection(("features",), ("a", "b"))


@pytest.mark.parametrize("wrong", [3, [3], None, {"features": 1}, [["features"]]])
def test_patterns_are_texts(wrong: object) -> None:
    with pytest.raises(UsageError, match="freeze takes patterns such as"):
        selection(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("clasifier.6", "unknown module or parameter 'clasifier.6'; did you mean classifier.6"),
        ("features.0.wieght", "did you mean features.0.weight"),
        ("BatchNorm2d", "unknown module or parameter 'BatchNorm2d'; parameters are in features.0, features.3,"),
        ("Features", "did you mean features"),
        ("features.1", r"'features.1' has no parameters \(it is ReLU\); parameters are in features.0,"),
        ("", "unknown module or parameter ''; parameters are in features.0,"),
        ("Dropout", r"'Dropout' has no parameters \(it is Dropout\)"),
    ],
)
@pytest.mark.parametrize("option", ["freeze", "train_only"])
def test_a_pattern_that_matches_nothing_is_refused_with_what_is_near(pattern: str, said: str, option: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        netstat.profile("alexnet", **{option: pattern})
    assert "\n" not in str(caught.value)


def test_many_modules_are_not_all_listed() -> None:
    with pytest.raises(UsageError, match=r"features\.17 and 8 more$"):
        netstat.profile("vgg16", freeze="zzz")


def test_a_model_without_parameters_has_none_to_freeze() -> None:
    with pytest.raises(UsageError, match="'made by hand' has no parameters to train or to freeze"):
        netstat.profile(Graph("made by hand", (("x", TensorSpec((2, 2))),), ()), freeze="*")
