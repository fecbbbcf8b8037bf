"""Derivations: what is printed is what the operators' own code says, and comes to the profile's integers."""

import re
from collections.abc import Callable
from fractions import Fraction
from math import gcd
from typing import Any

import pytest

import netstat
from netstat.analysis.explanation import explanations
from netstat.analysis.profile import profile
from netstat.analysis.wording import wording
from netstat.conventions import CONVENTIONS
from netstat.cost import Cost
from netstat.errors import ModelError, UsageError
from netstat.graph import Argument, Graph, Node, Param, Source, TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.convolution import Conv2d
from netstat.ops.linear import Linear
from netstat.ops.pointwise import Relu
from netstat.ops.pooling import AvgPool
from netstat.ops.windows import Window, occupied, taps
from netstat.records.explanation import Explanation, Explanations, Step

BUILT_IN = ["alexnet", "alexnet-paper", "alexnet-bvlc", "lenet", "vgg16_bn"]
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
WORDS = {"·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceiling(", "⌉": ")"}


def worked_out(line: str, **letters: int) -> Fraction:
    """A formula as it is printed, worked out by Python."""
    code = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"**{found[0].translate(SUPERSCRIPTS)}", line)
    for sign, word in WORDS.items():
        code = code.replace(sign, word)
    code = re.sub(r"(?<![\w*])(\d+)", r"Number(\1)", code)
    names: dict[str, Callable[..., Any]] = {
        "Number": Fraction,
        "floor": lambda x: Fraction(x.__floor__()),
        "ceiling": lambda x: Fraction(x.__ceil__()),
        "gcd": lambda a, b: gcd(int(a), int(b)),
        "taps": lambda size, out, *window: taps(int(size), int(out), Window(*map(int, window))),
        "occupied": lambda size, out, *window: occupied(int(size), int(out), Window(*map(int, window))),
        "min": min,
        "max": max,
    }
    return Fraction(eval(code, {**names, **{name: Fraction(value) for name, value in letters.items()}}))


def layer_of(explained: Explanations, path: str) -> Explanation:
    return next(layer for layer in explained.layers if layer.path == path)


def steps_of(model: Any, path: str, **options: Any) -> dict[str, Step]:
    (layer,) = netstat.explain(model, path, **options).layers
    return {step.name: step for step in layer.steps}


def test_the_first_convolution_of_alexnet_is_the_worked_example_of_the_documents() -> None:
    steps = steps_of("alexnet", "features.0")
    assert steps["H_out"] == Step("H_out", "⌊(H_in + 2·P − K)/S⌋ + 1", "⌊(224 + 2·2 − 11)/4⌋ + 1", 55, 55.25)
    assert steps["params"] == Step("params", "K²·C_in·C_out + C_out", "11²·3·64 + 64", 23_296)
    assert steps["flops"].formula == "2·K²·C_in·C_out·H_out·W_out"
    assert steps["flops"].result == 2 * 11**2 * 3 * 64 * 55 * 55


def test_the_first_linear_layer_of_alexnet_is_the_worked_example_of_the_documents() -> None:
    assert steps_of("alexnet", "classifier.1")["params"] == Step("params", "I·O + O", "9216·4096 + 4096", 37_752_832)


def test_the_eight_weighted_layers_of_alexnet_end_in_the_integers_of_the_profile() -> None:
    rows = [row for row in netstat.profile("alexnet").layers if row.params]
    explained = netstat.explain("alexnet")
    assert len(rows) == 8
    for row in rows:
        results = {step.name: step.result for step in layer_of(explained, row.path).steps}
        assert (results["params"], results["macs"], results["flops"]) == (row.params, row.macs, row.flops)


@pytest.mark.parametrize("model", BUILT_IN)
def test_every_figure_of_every_layer_is_explained_or_zero(model: str) -> None:
    explained, counted = netstat.explain(model), netstat.profile(model)
    assert [(layer.path, layer.op, layer.call) for layer in explained.layers] == [
        (row.path, row.op, row.call) for row in counted.layers
    ]
    for layer, row in zip(explained.layers, counted.layers, strict=True):
        results = {step.name: step.result for step in layer.steps}
        names = ("params", "macs", "multiplies", "adds", "divides", "compares", "specials", "flops")
        for name in (*names, "bytes_read", "bytes_written"):
            assert results.get(name, 0) == getattr(row, name)


@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize("model", BUILT_IN)
def test_what_is_printed_comes_to_what_is_said_when_python_works_it_out(model: str, batch: int) -> None:
    for layer in netstat.explain(model, batch=batch).layers:
        values = {letter.name: letter.value for letter in layer.letters}
        for step in layer.steps:
            assert worked_out(step.numbers) == step.result
            assert worked_out(step.formula, **values) == step.result


def test_every_letter_has_a_meaning_and_occurs() -> None:
    for layer in netstat.explain("vgg16_bn", batch=2).layers:
        written = " ".join(step.formula for step in layer.steps)
        for letter in layer.letters:
            assert letter.meaning
            assert re.search(rf"\b{letter.name}(?![A-Za-z0-9_])", written)


def test_functions_without_a_sign_of_their_own_are_explained_where_they_occur() -> None:
    explained = netstat.explain("alexnet")
    assert [each.name for each in layer_of(explained, "avgpool").functions] == ["gcd(a, b)"]
    assert layer_of(explained, "features.2").functions == ()


def test_a_batch_and_groups_are_letters_where_they_are_not_one() -> None:
    second = [row.path for row in netstat.profile("alexnet-bvlc").layers if row.op == "conv2d"][1]
    steps = steps_of("alexnet-bvlc", second, batch=128)
    assert steps["macs"].formula == "N·K²·C_in·C_out·H_out·W_out/g"
    assert steps["params"].formula == "K²·C_in·C_out/g + C_out"


def test_a_changed_cost_of_an_operator_changes_the_explanation(monkeypatch: pytest.MonkeyPatch) -> None:
    before = steps_of("alexnet", "features.1")["compares"]
    monkeypatch.setattr(Relu, "each", Cost(compares=3))
    after = steps_of("alexnet", "features.1")["compares"]
    assert (before.formula, after.formula) == ("C·H·W", "3·C·H·W")
    assert after.result == 3 * before.result == netstat.profile("alexnet").layers[1].compares


def test_a_changed_shape_rule_of_an_operator_changes_the_explanation(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Conv2d.shape

    def one_more(**arguments: Any) -> tuple[TensorSpec, ...]:
        (output,) = original(**arguments)
        return (output._replace(shape=(*output.shape[:-1], output.shape[-1] + 1)),)

    def shape(input: Any, weight: Any, bias: Any = None, **rest: Any) -> tuple[TensorSpec, ...]:
        return one_more(input=input, weight=weight, bias=bias, **rest)

    monkeypatch.setattr(Conv2d, "shape", shape)
    steps = steps_of("alexnet", "features.0")
    assert steps["H_out"].formula == "⌊(H_in + 2·P − K)/S⌋ + 1"
    assert steps["W_out"].formula == "⌊(W_in + 2·P − K)/S⌋ + 2"
    assert steps["macs"].result == 11 * 11 * 3 * 64 * 55 * 56


def test_a_changed_formula_of_a_product_changes_the_explanation(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Linear.cost

    def cost(input: TensorSpec, weight: TensorSpec, bias: TensorSpec | None = None) -> Cost:
        return original(input, weight, bias) + Cost(specials=weight.shape[0])

    monkeypatch.setattr(Linear, "cost", staticmethod(cost))
    steps = steps_of("alexnet", "classifier.6")
    assert steps["specials"] == Step("specials", "O", "1000", 1000)
    assert steps["flops"].formula == "2·I·O + O"


def test_a_rule_that_says_something_else_of_letters_is_not_printed_in_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    def cost(input: TensorSpec, **rest: Any) -> Cost:
        return Cost(compares=input.numel if isinstance(input.numel, int) else 2 * input.numel)

    monkeypatch.setattr(Relu, "cost", staticmethod(cost))
    assert steps_of("alexnet", "features.1")["compares"] == Step("compares", "193600", "193600", 193_600)


def test_a_rule_that_asks_of_letters_what_they_cannot_tell_gives_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    def cost(input: TensorSpec, **rest: Any) -> Cost:
        return Cost(adds=input.numel if input.shape[1] > 5 else 0)

    monkeypatch.setattr(AvgPool, "cost", staticmethod(cost))
    steps = steps_of("lenet", _first_pool())
    assert steps["adds"].formula == steps["adds"].numbers


def _first_pool() -> str:
    return next(row.path for row in netstat.profile("lenet").layers if row.op == "avg_pool2d")


def test_a_derivation_that_does_not_come_to_the_profile_is_refused() -> None:
    graph = graph_of("relu", ("input",))
    counted = profile(graph, CONVENTIONS["documents"])
    wrong = netstat.profile(graph_of("sigmoid", ("input",)))
    assert explanations(graph, counted).layers[0].steps
    with pytest.raises(ModelError, match="adds of relu is 0 by its rule, and the profile says otherwise"):
        explanations(graph, wrong)


def graph_of(op: str, names: tuple[str, ...], *, kind: str = "input", spec: TensorSpec | None = None) -> Graph:
    """A node whose tensors are all one and the same."""
    own = spec or TensorSpec((2, 3, 4))
    node = Node(
        op, "x", "", False, False, 0, tuple(Argument(name, own, Source(kind, "a")) for name in names), {}, (own,)
    )
    owned = (Param("a", own),) if kind == "param" else ()
    return Graph("one", (("a", own),), (node,), owned)


def test_a_tensor_that_is_taken_twice_is_read_once() -> None:
    twice = steps_of(graph_of("mul", ("input", "other")), "x")["bytes_read"]
    assert (twice.formula, twice.result) == ("4·d_0·R·F", 4 * 2 * 3 * 4)


def test_a_parameter_that_is_taken_twice_is_counted_once() -> None:
    steps = steps_of(graph_of("mul", ("input", "other"), kind="param"), "x")
    assert (steps["params"].formula, steps["params"].result) == ("d_0·R·F", 24)


def test_an_operator_without_a_formula_is_named() -> None:
    explained = netstat.explain(graph_of("mystery", ("input",)))
    assert (explained.layers, [entry.op for entry in explained.unexplained]) == ((), ["mystery"])


@pytest.mark.parametrize(
    ("paths", "count"),
    [
        ("features.0", 1),
        ("features", 13),
        ("features.1?", 3),
        ("(model)", 1),
        (["classifier.1", "avgpool"], 2),
        ((), 22),
    ],
)
def test_a_path_names_a_layer_or_a_container_or_many(paths: Any, count: int) -> None:
    assert len(netstat.explain("alexnet", paths).layers) == count


def test_features_1_is_not_features_10() -> None:
    assert [layer.path for layer in netstat.explain("alexnet", "features.1").layers] == ["features.1"]


def test_an_unknown_path_offers_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"^unknown layer 'feature.0'; did you mean features.0 or"):
        netstat.explain("alexnet", "feature.0")


def test_a_path_like_none_offers_the_outermost() -> None:
    with pytest.raises(UsageError, match=r"^unknown layer 'zzz'; there is features, avgpool, \(model\), classifier$"):
        netstat.explain("alexnet", ["features", "zzz"])


@pytest.mark.parametrize("name", OPERATORS.names())
def test_every_operator_says_what_it_computes(name: str) -> None:
    said = wording(OPERATORS[name])
    assert said.equation
    assert all(line.strip() and "as for `" not in line for line in said.equation)
    assert said.source


def test_a_docstring_that_refers_to_another_is_told_with_it() -> None:
    said = wording(Conv2d)
    assert said.equation[0].startswith("y[n, o, p] = b[o] + Σ_c Σ_k w[o, c, k]")
    assert said.source == "torch.nn.Conv2d"
    assert "equation and rules" not in said.counting


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("conv_transpose2d", "y[n, o, S·p − P + D·k] += w[c, o, k] · x[n, c, p]"),
        ("kron", "y[i·B + j] = a[i] · b[j]"),
        ("tensordot", "y[rest of a, rest of b] = Σ_k a[…, k] · b[k, …]"),
    ],
)
def test_an_equation_is_one_whatever_its_indices_are(name: str, begins: str) -> None:
    (equation,) = wording(OPERATORS[name]).equation
    assert equation.startswith(begins)
