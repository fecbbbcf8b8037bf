"""However arithmetic is written in a forward, it is met as the operator that it is, operands in their order."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
import torch.nn.functional as F  # noqa: E402, N812  needs torch; its name everywhere
from torch import Tensor, nn  # noqa: E402

from netstat import profile  # noqa: E402
from netstat.cost import FIELDS, Cost  # noqa: E402
from netstat.frontends.pytorch import capture  # noqa: E402
from netstat.frontends.vocabulary import resolve  # noqa: E402
from netstat.graph import Node  # noqa: E402
from netstat.ops import OPERATORS, node_cost  # noqa: E402

pytestmark = pytest.mark.torch
N = 6
Function = Callable[[Tensor], Any]


def nodes(function: Function) -> tuple[Node, ...]:
    return capture(function, (torch.ones(2, 3),)).nodes


def work(node: Node) -> Cost:
    """The arithmetic alone, by value."""
    cost = node_cost(node)
    assert cost is not None
    return Cost(**{name: getattr(cost, name) // N for name in FIELDS if "bytes" not in name})


ONE_ADD, ONE_MULTIPLY, ONE_DIVIDE = Cost(adds=1), Cost(multiplies=1), Cost(divides=1)
ONE_SPECIAL, ONE_COMPARE = Cost(specials=1), Cost(compares=1)
MODULO = Cost(divides=1, specials=1, multiplies=1, adds=1)


@pytest.mark.parametrize(
    ("op", "cost", "functions"),
    [
        ("mul", ONE_MULTIPLY, [lambda x: x * 2, lambda x: 2 * x, lambda x: x * x, lambda x: torch.mul(2, x)]),
        ("mul", ONE_MULTIPLY, [lambda x: x.mul_(2), lambda x: x.__imul__(2), lambda x: x.multiply(2)]),
        ("mul", ONE_MULTIPLY, [lambda x: torch.mul(x, x, out=x), lambda x: x.__rmul__(2)]),
        ("sub", ONE_ADD, [lambda x: x - 2, lambda x: 2 - x, lambda x: torch.rsub(x, 2), lambda x: x.sub_(1)]),
        ("sub", ONE_ADD + ONE_MULTIPLY, [lambda x: torch.rsub(x, x, alpha=2), lambda x: x.subtract(x, alpha=3)]),
        ("div", ONE_DIVIDE, [lambda x: x / 2, lambda x: 2 / x, lambda x: x.true_divide(x), lambda x: x.div_(2)]),
        ("div", ONE_DIVIDE + ONE_SPECIAL, [lambda x: torch.div(x, x, rounding_mode="trunc")]),
        ("floor_divide", ONE_DIVIDE + ONE_SPECIAL, [lambda x: x // 2, lambda x: 2 // x, lambda x: x.floor_divide_(2)]),
        ("remainder", MODULO, [lambda x: x % 2, lambda x: 2 % x, lambda x: x.remainder_(2)]),
        ("pow", ONE_MULTIPLY, [lambda x: x**2, lambda x: x.pow(2.0), lambda x: torch.pow(x, exponent=2)]),
        ("pow", ONE_SPECIAL, [lambda x: 2**x, lambda x: x**3, lambda x: x**x, lambda x: torch.pow(2, x)]),
        ("neg", Cost(), [lambda x: -x, torch.negative, lambda x: x.neg_()]),
        ("positive", Cost(), [lambda x: +x]),
        ("abs", ONE_COMPARE, [abs, torch.absolute, lambda x: x.abs_()]),
        ("eq", ONE_COMPARE, [lambda x: x == 2, lambda x: 2 == x, lambda x: x.eq(x)]),  # noqa: SIM300  as users may
        ("ne", ONE_COMPARE, [lambda x: x != 2, lambda x: torch.not_equal(x, x)]),
        ("lt", ONE_COMPARE, [lambda x: x < 2, lambda x: 2 > x, lambda x: x.less(2)]),  # noqa: SIM300
        ("ge", ONE_COMPARE, [lambda x: x >= 2, lambda x: 2 <= x, lambda x: torch.greater_equal(x, 2)]),  # noqa: SIM300
        ("clamp", ONE_COMPARE, [lambda x: x.clamp(min=0), lambda x: torch.clip(x, max=x), lambda x: x.clamp_(0)]),
        ("sigmoid", Cost(specials=1, adds=1, divides=1), [torch.special.expit, F.sigmoid, nn.Sigmoid()]),
        ("hardtanh", 2 * ONE_COMPARE, [F.hardtanh, nn.Hardtanh(inplace=True), torch._C._nn.hardtanh]),
        ("relu6", 2 * ONE_COMPARE, [F.relu6, lambda x: F.relu6(x, inplace=True)]),
        ("leaky_relu", ONE_COMPARE + ONE_MULTIPLY, [F.leaky_relu, nn.LeakyReLU(), torch._C._nn.leaky_relu_]),
        ("logsigmoid", Cost(specials=2, adds=1, divides=1), [F.logsigmoid, nn.LogSigmoid()]),
        ("gelu", Cost(specials=2, adds=2, multiplies=4), [nn.GELU("tanh"), lambda x: F.gelu(x, approximate="tanh")]),
    ],
)
def test_every_spelling_is_one_operator(op: str, cost: Cost, functions: list[Function]) -> None:
    for function in functions:
        (node,) = nodes(function)
        assert (node.op, work(node)) == (op, cost)


@pytest.mark.parametrize(
    "function", [lambda x: 2 - x, lambda x: 2 / x, lambda x: 2 // x, lambda x: 2 % x, lambda x: 2**x]
)
def test_a_number_on_the_left_stays_on_the_left(function: Function) -> None:
    (node,) = nodes(function)
    assert node.attributes["input"] == 2
    assert [argument.spec.shape for argument in node.arguments] == [(2, 3)]


def test_reflected_methods_of_two_tensors_change_places() -> None:
    graph = capture(lambda x, y: torch.rsub(x, other=y), (torch.ones(3), torch.ones(3)))
    assert [(argument.name, argument.source.name) for argument in graph.nodes[0].arguments] == [
        ("input", "y"),
        ("other", "x"),
    ]


def test_what_is_written_in_place_is_no_new_tensor() -> None:
    def step(x: Tensor) -> Tensor:
        x += 1
        x -= 1
        x *= 2
        x /= 2
        x //= 2
        x %= 2
        x **= 2
        return x

    assert [(node.op, node.attributes["inplace"], node.fresh) for node in nodes(step)] == [
        (op, True, False) for op in ("add", "sub", "mul", "div", "floor_divide", "remainder", "pow")
    ]


def test_bits_written_in_place_are_no_new_tensor() -> None:
    def step(x: Tensor) -> Tensor:
        inside = x > 0
        inside &= x < 1
        inside |= inside
        inside ^= inside
        return ~inside

    found = [node for node in nodes(step) if node.op.startswith("bitwise")]
    assert [node.op.removeprefix("bitwise_") for node in found] == ["and", "or", "xor", "not"]
    assert [node.fresh for node in found] == [False, False, False, True]


def test_a_rotary_embedding_in_complex_numbers_is_complete() -> None:
    def rotate(x: Tensor) -> Tensor:
        turned = torch.view_as_complex(x) * torch.polar(torch.ones(4), torch.arange(4.0))
        return torch.view_as_real(turned)

    p = profile(rotate, (8, 4, 2))
    assert p.complete
    assert [row.flops for row in p.layers if row.op == "mul"] == [6 * 8 * 4]


def test_complex_numbers_in_an_operator_for_real_ones_are_listed_rather_than_counted_wrongly() -> None:
    p = profile(lambda x: torch.exp(1j * x), (4,))
    assert [(u.op, u.calls) for u in p.uncounted] == [("torch.exp", 1)]


def test_no_function_of_torchs_is_two_operators_under_two_names_unless_values_tell_them_apart() -> None:
    operators: dict[Any, set[str]] = {}
    for kind in (kind for kind in OPERATORS if not kind.by_values):
        for name in kind.torch:
            operators.setdefault(resolve(name), set()).add(kind.name)
    del operators[None]
    assert {function: names for function, names in operators.items() if len(names) > 1} == {}
