"""What operators say their outputs see, against torch: change an input position, and look where the output changes.

The tightest answer that could be wrong: an operator that sees more than it says fails here, and so does one that says
more than it sees, but for the operators whose values decide (`DECIDED_BY_VALUES`).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis.strategies import DataObject, data
from oracle import ORACLES, Call
from oracle.counted import Tally
from oracle.draws import drawn

from netstat.graph import Argument, Node, Source
from netstat.ops import OPERATORS
from netstat.ops.base import Operator, signature
from netstat.ops.broadcasting import Elementwise
from netstat.ops.sight import NOTHING, Reach

torch = pytest.importorskip("torch")
from oracle.reference import REFERENCES, UNPREDICTABLE, run_torch, to_torch, torch_alone_refuses  # noqa: E402  needs torch

WARNINGS = ("Implicit dimension", "Using padding='same'")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings(*(f"ignore:{text}" for text in WARNINGS))]

TRIALS = 3


def says(name: str) -> bool:
    return OPERATORS[name].sees.__func__ is not Operator.sees.__func__


def saying() -> Iterator[Any]:
    """The operators that say what they see; those that say it in the same words as all elementwise ones are slow."""
    for name in sorted(filter(says, REFERENCES.keys() - UNPREDICTABLE)):
        common = OPERATORS[name].sees.__func__ is Elementwise.sees.__func__
        yield pytest.param(name, marks=[pytest.mark.slow] if common and name not in ("add", "relu", "clamp") else [])


def node_of(name: str, call: Call) -> Node:
    """The call as a node whose tensors are inputs."""
    arguments: list[Argument] = []
    for key, specs in call.tensors.items():
        for index, spec in enumerate(specs if isinstance(specs, list) else [specs]):
            label = f"{key}.{index}" if isinstance(specs, list) else key
            if spec is not None:
                arguments.append(Argument(label, spec, Source("input", label)))
    given = {**signature(OPERATORS[name])[1], **call.attributes}
    attributes = OPERATORS[name].canonical({key: given[key] for key in given if key not in OPERATORS[name].tensors})
    outputs = OPERATORS[name].shape(**call.arguments)
    return Node(name, "", "", True, True, 0, tuple(arguments), attributes, outputs)


def fresh(name: str, call: Call) -> dict[str, Any]:
    """Its tensors, the numbers in them other ones each time."""

    def again(key: str, value: Any) -> Any:
        if isinstance(value, list):
            return [again(key, one) for one in value]
        if value is None or not (value.is_floating_point() or value.is_complex()):
            return value
        low, high = call.ranges.get(key, (-2.0, 2.0))
        return torch.rand_like(value) * (high - low) + low

    return {key: again(key, to_torch(value)) for key, value in ORACLES[name].inputs(call, Tally()).items()}


def tensor_of(tensors: dict[str, Any], label: str) -> Any:
    key, _, index = label.partition(".")
    return tensors[key][int(index)] if index else tensors[key]


def copied(tensors: dict[str, Any]) -> dict[str, Any]:
    """Copies: operators in place write over what they are given."""
    return {
        key: [one.clone() for one in value] if isinstance(value, list) else value if value is None else value.clone()
        for key, value in tensors.items()
    }


def changes(name: str, call: Call, label: str, axis: int, at: int) -> Any:
    """Where the first output changes when everything at position `at` of an axis of one tensor does."""
    found = torch.zeros(OPERATORS[name].shape(**call.arguments)[0].shape, dtype=torch.bool)
    for _ in range(TRIALS):
        tensors, others = fresh(name, call), fresh(name, call)
        before = run_torch(name, copied(tensors), call.attributes)[0]
        place = (slice(None),) * axis + (at,)
        tensor_of(tensors, label)[place] = tensor_of(others, label)[place]
        after = run_torch(name, tensors, call.attributes)[0]
        found |= ~torch.isclose(before, after, rtol=1e-12, atol=1e-12, equal_nan=True)
    return found


def touched(changed: Any, along: int) -> set[int]:
    """Positions of an output axis at which anything changed."""
    return {at for at, part in enumerate(changed.unbind(along)) if part.any()}


def claimed(reach: Reach | None, at: int, outputs: int) -> set[int]:
    """Output positions that see input position `at`."""
    if reach is None:
        return {at}
    return {
        o for o in range(outputs)
        if at - o // reach.period * reach.advance in reach.taps[o % reach.period]
    }  # fmt: skip


def followed(call: Call, argument: Argument) -> Iterator[tuple[int, int]]:
    """Every position of every axis."""
    return ((axis, at) for axis, size in enumerate(argument.spec.shape) for at in range(size))


def is_plain(name: str, call: Call) -> bool:
    """Whether no padding shows values of elsewhere again."""
    return name != "pad" or call.attributes.get("mode", "constant") == "constant"


@pytest.mark.parametrize("name", list(saying()))
@given(data=data())
@drawn(15)
def test_an_output_sees_what_its_operator_says_and_no_more(name: str, data: DataObject) -> None:
    call = data.draw(ORACLES[name].calls.map(lambda call: call.of_dtype("float64")))
    assume(is_plain(name, call) and not torch_alone_refuses(name, call))
    node = node_of(name, call)
    for argument in node.arguments:
        sight = OPERATORS[name].sees(node, argument)
        if sight is None or argument.spec.dtype not in ("float64", "complex128", "complex64") or not node.output.numel:
            continue
        if sight is not NOTHING:
            assert len(sight.axes) == len(node.output.shape)
        for axis, at in followed(call, argument):
            changed = changes(name, call, argument.name, axis, at)
            if sight is NOTHING:
                assert not changed.any()
            for along, trace in enumerate(sight.axes):
                if trace and trace[0] == axis:
                    assert touched(changed, along) <= claimed(trace[1], at, node.output.shape[along])
