"""What crosses between cards, by the arithmetic of the paper and by laws that hold for any split."""

from dataclasses import replace
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netstat
from netstat.analysis.partition import partition
from netstat.api.partitioning import Split, partition_subject
from netstat.api.subjects import subject_of
from netstat.errors import ModelError, UsageError
from netstat.frontends.builder import build_graph
from netstat.graph import Argument, Graph, Node, Source, TensorSpec
from netstat.models.alexnet import GROUPED_IN_PAPER
from netstat.models.layers import conv2d, flatten, linear, local_response_norm, relu
from netstat.models.spec import sequential
from netstat.ops import OPERATORS
from netstat.records.partition import COLLECTED, GATHERED, NEIGHBOURS, OWN, SPLIT, Partition

FLOAT = 4
BUILT_IN = ("lenet", "alexnet", "alexnet-paper", "alexnet-bvlc", "alexnet-d2l", "vgg11", "vgg16_bn")
# Values of each layer's input that conv3 and the fully connected layers of the paper take, and of the output.
PAPER = {"features.8": 256 * 13 * 13, "classifier.0": 9216, "classifier.3": 4096, "classifier.6": 4096, "": 1000}


def split(model: str, ways: int = 2, **choices: object) -> Partition:
    return netstat.partition(model, ways=ways, training=False, **choices)  # type: ignore[arg-type]


def crossing(record: Partition) -> dict[str, tuple[int, int]]:
    """Forward and backward bytes by path, of the layers where anything crosses."""
    return {row.path: (row.forward_bytes, row.backward_bytes) for row in record.layers if row.crossings}


def test_the_papers_cards_exchange_activations_before_conv3_and_the_fully_connected_layers_only() -> None:
    """S5: section 3.5 of the paper; on two cards each sends its half to the other, so that all of it crosses once."""
    record = split("alexnet-paper", paper=True, batch=128)
    assert crossing(record) == {
        path: (128 * FLOAT * values, 0 if path == "" else 128 * FLOAT * values) for path, values in PAPER.items()
    }
    assert record.example_bytes == (FLOAT * sum(PAPER.values()), FLOAT * (sum(PAPER.values()) - 1000))
    assert record.grouped == GROUPED_IN_PAPER


def test_the_papers_split_has_the_parameters_of_the_network_with_groups() -> None:
    paper, bvlc = split("alexnet-paper", paper=True), split("alexnet-bvlc")
    assert paper.single.params == bvlc.single.params == 60_965_224
    assert [card.params for card in paper.cards] == [30_482_612] * 2


def test_without_groups_every_convolution_but_the_first_takes_the_other_cards_maps() -> None:
    record = split("alexnet-paper")
    inputs = {"features.4": 96 * 27 * 27, "features.10": 384 * 13 * 13, "features.12": 384 * 13 * 13, **PAPER}
    norms = {"features.2": 4 * 55 * 55, "features.6": 4 * 27 * 27}  # two channels beside the border, either way
    assert {path: forward for path, (forward, _) in crossing(record).items()} == {
        path: FLOAT * values for path, values in (inputs | norms).items()
    }
    saved = {row.path: row.grouped_bytes for row in record.layers if row.grouped_bytes}
    assert saved == {path: 2 * FLOAT * inputs[path] for path in ("features.4", "features.8", *GROUPED_IN_PAPER[1:])}


def test_normalisation_across_cards_looks_at_the_neighbours_that_exist() -> None:
    four = split("alexnet-paper", 4).layers[2]
    assert four.how == NEIGHBOURS
    assert four.needs[0].parts == (((0, 26),), ((22, 50),), ((46, 74),), ((70, 96),))
    assert four.forward_bytes == 3 * 4 * 55 * 55 * FLOAT
    assert split("alexnet-paper", lrn="within").layers[2].crossings == ()


def test_an_even_window_has_one_neighbour_more_before_than_after() -> None:
    spec = sequential(conv2d(3, 8, 1), local_response_norm(4, 1e-4, 0.75, 1.0))
    record = partition(build_graph("net", spec, TensorSpec((1, 3, 2, 2))), 2)
    assert record.layers[1].needs[0].parts == (((0, 5),), ((2, 8),))


@pytest.mark.parametrize("model", BUILT_IN)
@pytest.mark.parametrize("ways", [2, 3, 4])
def test_the_cards_have_every_parameter_once_between_them(model: str, ways: int) -> None:
    record = split(model, ways)
    whole = netstat.profile(model).totals
    assert sum(card.params for card in record.cards) == record.single.params == whole.params
    assert record.copied_bytes == record.unread == 0
    assert sum(layer.params for layer in record.layers) == whole.params
    assert all(sum(layer.card_params) == layer.params for layer in record.layers)


@pytest.mark.parametrize("model", BUILT_IN)
@pytest.mark.parametrize("ways", [2, 3, 4])
def test_every_card_has_what_it_needs_and_nothing_is_sent_twice(model: str, ways: int) -> None:
    for row in split(model, ways).layers:
        for each in row.crossings:
            (need,) = row.needs
            assert each.sender != each.receiver
            for start, stop in each.ranges:
                assert any(a <= start and stop <= b for a, b in need.parts[each.receiver])
        got = [
            (each.receiver, channel)
            for each in row.crossings
            for start, stop in each.ranges
            for channel in range(start, stop)
        ]
        assert len(got) == len(set(got))


@given(st.sampled_from(BUILT_IN), st.integers(2, 5), st.integers(1, 9))
def test_bytes_grow_with_the_batch_and_gradients_do_not(model: str, ways: int, batch: int) -> None:
    one, many = split(model, ways), split(model, ways, batch=batch)
    assert (many.forward_bytes, many.backward_bytes) == (batch * one.forward_bytes, batch * one.backward_bytes)
    assert many.data_parallel_bytes == one.data_parallel_bytes == 2 * (ways - 1) * FLOAT * one.single.params
    at = many.break_even_batch
    assert at is not None
    assert at * sum(one.example_bytes or ()) <= one.data_parallel_bytes < (at + 1) * sum(one.example_bytes or ())


@pytest.mark.parametrize("model", BUILT_IN)
def test_one_card_that_does_everything_sends_nothing_and_makes_what_the_cards_make(model: str) -> None:
    graph = subject_of(model).graph
    alone, two = partition(graph, 1), partition(graph, 2)
    assert alone.forward_bytes == alone.backward_bytes == alone.data_parallel_bytes == 0
    assert alone.cards == (alone.single,) == (two.single,)
    assert sum(card.output_bytes for card in two.cards) == alone.single.output_bytes
    assert sum(card.received_bytes for card in two.cards) == two.forward_bytes


def test_channels_that_do_not_come_out_even_are_dealt_out_all_the_same() -> None:
    record = split("lenet", 3)
    by_path = {row.path: row for row in record.layers}
    assert by_path["3"].parts == (((0, 6),), ((6, 11),), ((11, 16),))
    assert by_path["3"].card_params == (906, 755, 755)
    assert by_path["6"].parts == (((0, 150),), ((150, 275),), ((275, 400),))  # 25 features of each channel
    assert by_path["3"].forward_bytes == 2 * 6 * 14 * 14 * FLOAT  # each value goes to the two cards that lack it


def test_groups_that_the_cards_cut_through_take_the_channels_of_the_whole_group() -> None:
    spec = sequential(conv2d(3, 6, 1), conv2d(6, 6, 1, groups=3))
    record = partition(build_graph("net", spec, TensorSpec((1, 3, 2, 2))), 2)
    assert record.layers[1].needs[0].parts == (((0, 4),), ((2, 6),))
    assert record.layers[1].forward_bytes == 2 * 1 * 2 * 2 * FLOAT


def test_a_convolution_of_each_channel_by_itself_stays_with_its_channels() -> None:
    spec = sequential(conv2d(3, 7, 1), conv2d(7, 14, 3, groups=7), relu(), conv2d(14, 4, 1))
    record = partition(build_graph("net", spec, TensorSpec((1, 3, 5, 5))), 3)
    depthwise, full = record.layers[1], record.layers[3]
    assert depthwise.parts == (((0, 6),), ((6, 10),), ((10, 14),))
    assert depthwise.crossings == ()
    assert full.forward_bytes == 2 * 14 * 3 * 3 * FLOAT


def _two_branches(op: str, **attributes: object) -> Graph:
    """Two convolutions of one input, and an operator that takes both."""
    first = build_graph("net", sequential(conv2d(3, 5, 1)), TensorSpec((2, 3, 4, 4)))
    second = build_graph("net", sequential(relu(), conv2d(3, 5, 1)), TensorSpec((2, 3, 4, 4)))
    other = second.nodes[1]._replace(
        arguments=(first.nodes[0].arguments[0], *second.nodes[1].arguments[1:]),
    )
    one, two = (Source("node", node=i) for i in (0, 1))
    spec = first.nodes[0].output
    joint = OPERATORS[op]
    names = ("tensors.0", "tensors.1") if op == "cat" else joint.tensors[:2]
    shaped = joint.shape([spec, spec], **attributes) if op == "cat" else (spec,)
    arguments = tuple(Argument(name, spec, source) for name, source in zip(names, (one, two), strict=True))
    node = Node(op, "", "Net", False, False, 0, arguments, attributes, shaped)
    params = (*first.params, *second.params)
    return replace(first, nodes=(first.nodes[0], other, node), params=params, outputs=(Source("node", node=2),))


def test_tensors_split_the_same_way_are_added_without_sending_any() -> None:
    joint = partition(_two_branches("add"), 2).layers[2]
    assert (joint.how, joint.crossings) == (OWN, ())
    assert joint.parts == (((0, 3),), ((3, 5),))


def test_of_tensors_behind_one_another_each_card_has_its_part_of_each() -> None:
    joint = partition(_two_branches("cat", dim=1), 2).layers[2]
    assert (joint.how, joint.crossings) == (OWN, ())
    assert joint.parts == (((0, 3), (5, 8)), ((3, 5), (8, 10)))


def test_an_operator_without_a_rule_is_collected_computed_whole_and_marked() -> None:
    graph = build_graph("net", sequential(conv2d(3, 6, 1), relu(), conv2d(6, 4, 1)), TensorSpec((1, 3, 4, 4)))
    nodes = list(graph.nodes)
    nodes[1] = nodes[1]._replace(op="a function nobody knows")
    record = partition(replace(graph, nodes=tuple(nodes)), 3)
    strange, after = record.layers[1:3]
    assert strange.how == GATHERED
    assert strange.forward_bytes == strange.backward_bytes == 2 * 6 * 4 * 4 * FLOAT
    assert after.crossings == ()  # every card has all of it by then
    assert "a function nobody knows in 1" in str(record)


def test_what_no_rule_splits_at_the_end_sends_no_gradient_back() -> None:
    """Every card works out the loss, and has all of the gradient."""
    graph = build_graph("net", sequential(conv2d(3, 6, 1), relu()), TensorSpec((1, 3, 4, 4)))
    strange = graph.nodes[1]._replace(op="a function nobody knows")
    row = partition(replace(graph, nodes=(graph.nodes[0], strange)), 2).layers[1]
    assert (row.forward_bytes, row.backward_bytes) == (6 * 4 * 4 * FLOAT, 0)


def test_frozen_layers_get_no_gradient_back() -> None:
    graph = subject_of("lenet").graph
    frozen = {"0.weight", "0.bias"}
    params = tuple(p._replace(trainable=p.name not in frozen) for p in graph.params)
    rows = {row.path: row for row in partition(replace(graph, params=params), 2).layers}
    assert rows["3"].forward_bytes == 6 * 14 * 14 * FLOAT
    assert rows["3"].backward_bytes == 0
    assert rows["7"].backward_bytes == 400 * FLOAT


def test_ranges_of_channels_stay_ranges_of_features_behind_flatten() -> None:
    spec = sequential(conv2d(3, 5, 1), flatten(), linear(5 * 9, 7))
    rows = partition(build_graph("net", spec, TensorSpec((2, 3, 3, 3))), 2).layers
    assert [row.how for row in rows] == [SPLIT, OWN, SPLIT, COLLECTED]
    assert rows[1].parts == (((0, 27),), ((27, 45),))
    assert rows[2].forward_bytes == 2 * prod((45,)) * FLOAT


def test_linear_layers_split_behind_data_parallelism_send_what_krizhevsky_proposed() -> None:
    record = split("alexnet", batch=128)
    kinds = {kind.family: kind for kind in record.kinds}
    convolutions, linears = kinds["convolution"], kinds["fully connected"]
    assert convolutions.times is not None
    assert linears.times is not None
    assert convolutions.times > 1 > linears.times
    outputs = 128 * 1000 * FLOAT
    assert record.mixed_bytes == convolutions.data_parallel_bytes + linears.split_bytes + outputs
    assert record.mixed_bytes < min(record.step_bytes, record.data_parallel_bytes)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"ways": 1}, "over 2 cards or more, got 1"),
        ({"ways": 7}, r"'0' \(conv2d\) has only 6 output channels.* 6 ways at most"),
        ({"lrn": "withn"}, "did you mean within"),
        ({"optimizer": "lion"}, "unknown optimizer 'lion'"),
        ({"grouped": ["features.3"]}, "unknown convolution without groups"),
        ({"grouped": ["3"], "ways": 3}, "'3' cannot have 3 groups: 6 input and 16 output channels"),
        ({"paper": True}, "the paper's split is of alexnet-paper, not of 'lenet'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(choices: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        netstat.partition("lenet", training=False, **choices)  # type: ignore[arg-type]


def test_parameters_without_a_forward_pass_are_refused() -> None:
    node = Node("parameter", "weight", "", False, False, 0, (), {}, ())
    with pytest.raises(ModelError, match="no forward pass"):
        partition(Graph("file", (), (node,)), 2)


def test_groups_are_given_to_the_convolutions_that_match() -> None:
    record = partition_subject(subject_of("alexnet-paper"), Split(grouped=("features.1?",), training=False))
    assert record.grouped == ("features.10", "features.12")
