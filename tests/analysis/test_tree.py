"""Laws of the tree: what is in a container adds up to it, and equal neighbours stand together."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from netstat import profile
from netstat.conventions import CONVENTIONS
from netstat.cost import FIELDS
from netstat.frontends.builder import build_graph
from netstat.graph import TensorSpec
from netstat.models import MODELS
from netstat.models.layers import conv2d, max_pool2d, relu
from netstat.models.spec import Block, sequential
from netstat.records.profile import Profile
from netstat.records.tree import Branch

SPECS = [name for name in MODELS.names() if not MODELS[name].needs_torch]
SUMS = [*FIELDS, "flops", "count"]


def of(spec: Block, depth: int | None = None) -> Profile:
    from netstat.analysis.profile import profile as analyse

    graph = build_graph("stack", spec, TensorSpec((1, 4, 32, 32)))
    return analyse(graph, CONVENTIONS["documents"], depth=depth)


def every(branches: Iterable[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from every(branch.children)


def calls(branches: Iterable[Branch]) -> int:
    """How many operator calls the branches stand for."""
    return sum(b.repeats * (calls(b.children) if b.container else 1) for b in branches)


def outline(branches: Iterable[Branch]) -> list[object]:
    """Names, with what is in them; several as (first, last, how many)."""
    names = ((b.name, b.last, b.repeats) if b.repeats > 1 else b.name for b in branches)
    return [(name, *outline(b.children)) if b.children else name for name, b in zip(names, branches, strict=True)]


def twin(convolutions: int = 1) -> Block:
    return sequential(*(conv2d(4, 4, 3, padding=1) for _ in range(convolutions)), relu())


@pytest.mark.parametrize("name", SPECS)
def test_what_is_in_a_container_adds_up_to_it(name: str) -> None:
    p = profile(name)
    tree = p.tree()
    for field in [*SUMS, "params", "trainable_params"]:
        assert sum(getattr(b.layer, field) * b.repeats for b in tree) == getattr(p.totals, field)
        for branch in every(tree):
            if branch.container:
                inside = sum(getattr(b.layer, field) * b.repeats for b in branch.children)
                assert getattr(branch.layer, field) == inside
    assert calls(tree) == len(p.layers)


@pytest.mark.parametrize("name", ["alexnet", "vgg11", "vgg16_bn"])
def test_a_container_has_the_figures_that_folding_gives_it(name: str) -> None:
    folded = {row.path: row for row in profile(name, depth=1).layers if row.op.endswith(" operators")}
    containers = {b.layer.path: b.layer for b in profile(name).tree(1) if b.container and b.layer.path in folded}
    assert containers == folded
    assert containers.keys() == {"features", "classifier"}


def test_alexnets_tree_is_its_modules() -> None:
    features, *calls, classifier = profile("alexnet").tree()
    assert [b.name for b in (features, *calls, classifier)] == ["features", "avgpool", "flatten", "classifier"]
    assert [b.kind for b in (features, *calls)] == ["Sequential", "adaptive_avg_pool2d", "flatten"]
    assert (features.layer.op, features.layer.module) == ("13 operators", "Sequential")
    assert (features.layer.input_shape, features.layer.output_shape) == ((1, 3, 224, 224), (1, 256, 6, 6))
    assert [b.name for b in classifier.children] == ["0", "1", "2", "3", "4", "5", "6"]


def test_equal_neighbours_stand_together_with_the_figures_of_one() -> None:
    branches = of(sequential(twin(), twin(), twin(), twin(2), max_pool2d(2, 2))).tree()
    assert outline(branches) == [(("0", "2", 3), "0", "1"), ("3", ("0", "1", 2), "2"), "4"]
    assert branches[0].layer.params == 4 * 4 * 9 + 4
    assert branches[0].layer.macs == 4 * 4 * 9 * 32 * 32


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(sequential(conv2d(4, 4, 3, padding=1), max_pool2d(1, 1)), id="another operator"),
        pytest.param(sequential(conv2d(4, 4, 1), relu()), id="another size"),
        pytest.param(Block("Twin", twin().steps), id="another class"),
        pytest.param(Block("Sequential", (("a", twin().steps[0][1]), ("1", relu()))), id="another name inside"),
    ],
)
def test_neighbours_that_differ_in_anything_stand_apart(other: Block) -> None:
    assert [b.repeats for b in of(sequential(twin(), other, twin())).tree()] == [1, 1, 1]


def test_blocks_that_are_equal_but_for_what_reaches_them_stand_apart() -> None:
    tree = of(sequential(twin(), max_pool2d(2, 2), twin())).tree()
    assert outline(tree) == [("0", "0", "1"), "1", ("2", "0", "1")]
    pooled = of(sequential(sequential(max_pool2d(2, 2)), sequential(max_pool2d(2, 2)))).tree()
    assert [b.repeats for b in pooled] == [1, 1]


def test_depth_cuts_the_tree_and_no_figure() -> None:
    p = of(sequential(sequential(twin(), twin(2)), twin()))
    whole = p.tree()
    for depth in (1, 2, 3):
        cut = p.tree(depth)
        kept = [b.layer for b in every(whole) if b.layer.path.count(".") < depth]
        assert [b.layer for b in every(cut)] == kept


def test_what_looks_equal_only_because_it_is_cut_stands_apart() -> None:
    one = Block("Twin", (("a", relu()), ("b", max_pool2d(1, 1))))
    two = Block("Twin", (("b", max_pool2d(1, 1)), ("a", relu())))
    assert [b.repeats for b in of(sequential(one, two)).tree(1)] == [1, 1]


def test_filters_take_paths_modules_and_operators() -> None:
    p = of(sequential(sequential(twin(), twin(2)), twin()))
    assert outline(p.tree(filters=["conv2d"])) == [("0", ("0", "0"), ("1", ("0", "1", 2))), ("1", "0")]
    assert outline(p.tree(filters=["0.1"])) == [("0", ("1", ("0", "1", 2), "2"))]
    assert outline(p.tree(filters=["1.?", "0.0.1"])) == [("0", ("0", "1")), ("1", "0", "1")]
    assert p.tree(filters=["nothing"]) == ()


def test_a_container_keeps_its_figures_whatever_is_filtered_out_of_it() -> None:
    p = profile("vgg16")
    whole, (features, *_) = p.tree(), p.tree(filters=["max_pool2d"])
    assert features.layer == whole[0].layer
    assert [b.layer.op for b in features.children] == ["max_pool2d"] * 5


def test_what_is_left_out_between_keeps_equals_apart() -> None:
    stack = sequential(*(layer for _ in range(3) for layer in (conv2d(4, 4, 1), relu())))
    assert outline(of(stack).tree(filters=["conv2d"])) == ["0", "2", "4"]


def test_the_tree_of_a_profile_folded_to_a_depth_has_its_rows_for_leaves() -> None:
    p = of(sequential(sequential(twin(), twin(2)), twin()), depth=2)
    assert outline(p.tree()) == [("0", "0", "1"), ("1", "0", "1")]
    assert calls(p.tree()) == len(p.layers)


def test_a_profile_saved_before_there_were_modules_still_has_a_tree() -> None:
    p = profile("alexnet")
    old = replace(p, modules=())
    assert outline(old.tree()) == outline(p.tree())
    assert [b.layer.params for b in old.tree()] == [b.layer.params for b in p.tree()]


def test_an_operator_called_again_has_its_number() -> None:
    first = profile("lenet").layers[0]
    again = [replace(first, path="block", op="add", call=i) for i in range(3)]
    p = replace(profile("lenet"), layers=(*again, replace(first, path="block.conv")), modules=())
    assert outline(p.tree()) == [("block", ("add", "add #3", 3), "conv")]
