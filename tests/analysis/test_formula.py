"""Formulas in N, H and W give the figures of the profile at every size that they say they hold for."""

from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any

import pytest

import netstat
from netstat.analysis.formula import FIGURES, Pattern, formula
from netstat.analysis.replay import Sample, replay
from netstat.cost import Cost
from netstat.errors import ModelError, NetstatError, ShapeError, UsageError
from netstat.graph import Graph, TensorSpec
from netstat.models import MODELS
from netstat.records import load
from netstat.records.formula import Formula

FREE = ["alexnet", *(f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn"))]
FIXED = ["lenet", "alexnet-paper", "alexnet-bvlc", "alexnet-d2l"]
SIZES = 50


@cache
def formula_of(name: str, letters: str | None = None) -> Formula:
    return netstat.formula(name, letters=letters)


def profiled(name: str, sizes: Mapping[str, int]) -> Any:
    channels, height, width = MODELS[name].input_shape
    shape = (channels, sizes.get("H", height), sizes.get("W", width))
    return netstat.profile(name, shape, batch=sizes["N"])


def drawn(found: Formula, seed: str) -> list[dict[str, int]]:
    """Sizes at which the formula holds: the least, and others of no pattern."""
    random, least = Random(seed), {letter.name: letter.least for letter in found.letters}
    most = {name: size + (500 if name != "N" else 64) for name, size in least.items()}
    return [least, *({name: random.randint(least[name], most[name]) for name in least} for _ in range(SIZES - 1))]


def test_every_built_in_model_is_in_a_list_here() -> None:
    assert {*FREE, *FIXED, "vgg16-functional"} == {model.name for model in MODELS}


@pytest.mark.parametrize("name", FREE)
def test_formulas_are_the_profile_at_fifty_sizes(name: str) -> None:
    found = formula_of(name)
    for sizes in drawn(found, name):
        totals = profiled(name, sizes).totals
        assert found.at(**sizes) == {figure: getattr(totals, figure) for figure in FIGURES}, sizes


@pytest.mark.parametrize("name", FREE)
def test_formulas_of_layers_are_the_rows_and_add_up(name: str) -> None:
    found = formula_of(name)
    for sizes in drawn(found, name)[:5]:
        rows = profiled(name, sizes).layers
        of_layers = [found.layer_at(layer, sizes) for layer in found.layers]
        assert [(each["params"], each["macs"], each["flops"]) for each in of_layers] == [
            (row.params, row.macs, row.flops) for row in rows
        ]
        for figure in ("params", "macs", "flops", "activation_bytes"):
            assert sum(each[figure] for each in of_layers) == found.figure(figure).at(sizes)


@pytest.mark.parametrize("name", FREE)
def test_one_size_less_gives_no_output(name: str) -> None:
    for letter in formula_of(name).letters[1:]:
        with pytest.raises(ShapeError, match="needs an input size"):
            profiled(name, {"N": 1, letter.name: letter.least - 1})


def test_alexnet_takes_inputs_from_63_on_and_vgg_from_32() -> None:
    assert {letter.name: letter.least for letter in formula_of("alexnet").letters} == {"N": 1, "H": 63, "W": 63}
    assert {letter.name: letter.least for letter in formula_of("vgg16").letters} == {"N": 1, "H": 32, "W": 32}
    assert all(letter.most is None for letter in formula_of("alexnet").letters)


@pytest.mark.parametrize("name", FIXED)
def test_a_model_of_one_size_says_which_layer_fixes_it_and_has_a_formula_of_the_batch(name: str) -> None:
    with pytest.raises(
        ModelError, match=r"has no formula in N, H, W: .* layer '.*': needs \d+ input features.*letters N"
    ):
        netstat.formula(name)
    found = formula_of(name, "N")
    for sizes in drawn(found, name)[:5]:
        totals = profiled(name, sizes).totals
        assert found.at(**sizes) == {figure: getattr(totals, figure) for figure in FIGURES}


@pytest.mark.parametrize("name", ["alexnet-paper", "alexnet-bvlc"])
def test_its_fully_convolutional_form_has_a_formula_in_all_sizes(name: str) -> None:
    found = netstat.formula(name, fully_convolutional=True)
    for sizes in drawn(found, name)[:10]:
        shape = (3, sizes["H"], sizes["W"])
        totals = netstat.profile(name, shape, batch=sizes["N"], fully_convolutional=True).totals
        assert found.at(**sizes) == {figure: getattr(totals, figure) for figure in FIGURES}, sizes


def test_the_formula_of_alexnets_macs_is_short() -> None:
    assert formula_of("alexnet").figure("macs").text == (
        "N·(23232·⌊(H−3)/4⌋·⌊(W−3)/4⌋ + 307200·⌊(H−7)/8⌋·⌊(W−7)/8⌋ + 2138112·⌊(H−15)/16⌋·⌊(W−15)/16⌋ + 58621952)"
    )


def test_at_names_what_it_does_not_know_and_where_it_does_not_hold() -> None:
    with pytest.raises(UsageError, match=r"alexnet has formulas for H ≥ 63, not for H = 62"):
        formula_of("alexnet").at(H=62)
    with pytest.raises(UsageError, match="unknown letter 'h'; there is N, H, W"):
        formula_of("alexnet").at(h=224)
    with pytest.raises(UsageError, match="unknown figure 'mac'; did you mean macs"):
        formula_of("alexnet").figure("mac")


def test_a_graph_has_one_size_only() -> None:
    with pytest.raises(UsageError, match="a Graph has its inputs already"):
        netstat.formula(graph_of("alexnet", 1, 224, 224))


def test_letters_are_those_of_the_input() -> None:
    assert formula_of("vgg11", "H,W").native == {"H": 224, "W": 224}
    assert formula_of("vgg11", "H,W").at(H=100, W=64)["macs"] == formula_of("vgg11").at(H=100, W=64)["macs"]
    with pytest.raises(UsageError, match="unknown letter 'Z'; there is N, H, W"):
        netstat.formula("vgg11", letters="Z")
    with pytest.raises(UsageError, match="a formula needs a letter"):
        netstat.formula("vgg11", letters="")


def test_a_saved_formula_is_loaded_as_it_was_and_still_counts(tmp_path: Any) -> None:
    found = formula_of("alexnet")
    found.save(tmp_path / "a.json")
    again = load(str(tmp_path / "a.json"))
    assert isinstance(again, Formula)
    assert again == found
    assert again.at(N=3, H=100, W=90) == found.at(N=3, H=100, W=90)


def graph_of(name: str, batch: int, height: int, width: int) -> Graph:
    from netstat.api.subjects import subject_of

    return subject_of(name, (3, height, width), batch).graph


def replayed(name: str) -> Formula:
    sizes = ({"N": 1, "H": 224, "W": 224}, {"N": 2, "H": 288, "W": 384}, {"N": 3, "H": 261, "W": 299})
    samples = [Sample(each, graph_of(name, *each.values())) for each in sizes]
    pattern = Pattern((("N", 3, "H", "W"),), sizes[0])
    return formula(replay(samples, pattern.inputs), samples, pattern)


@pytest.mark.parametrize(("op", "figure"), [("conv2d", "macs"), ("max_pool2d", "flops"), ("relu", "flops")])
def test_another_cost_of_an_operator_is_another_formula(monkeypatch: pytest.MonkeyPatch, op: str, figure: str) -> None:
    from netstat.ops import OPERATORS

    before, rule = replayed("alexnet"), OPERATORS[op].cost
    changed = staticmethod(lambda *args, **kwargs: rule(*args, **kwargs) + Cost(macs=1, adds=1))
    monkeypatch.setattr(OPERATORS[op], "cost", changed)
    after = replayed("alexnet")
    calls = sum(layer.op == op for layer in after.layers)
    assert after.figure(figure).text != before.figure(figure).text
    assert after.at(N=2, H=99, W=77)[figure] == before.at(N=2, H=99, W=77)[figure] + calls


def test_a_rule_that_makes_another_shape_than_the_model_stops_the_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    from netstat.ops import OPERATORS

    made = [graph_of("alexnet", n, s, s) for n, s in ((1, 224), (2, 288), (3, 261))]
    samples = [
        Sample({"N": n, "H": s, "W": s}, graph)
        for (n, s), graph in zip(((1, 224), (2, 288), (3, 261)), made, strict=True)
    ]
    wrong = staticmethod(lambda input, inplace=False: (TensorSpec((*input.shape[:-1], input.shape[-1] + 1)),))
    monkeypatch.setattr(OPERATORS["relu"], "shape", wrong)
    with pytest.raises(NetstatError, match=r"relu in 'features.1' stops the formula: it makes .* where its rule"):
        replay(samples, (("N", 3, "H", "W"),))
