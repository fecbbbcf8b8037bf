"""What is alive while each operator runs: held against a simulation that counts references, and against laws."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.analysis.memory import inference_need
from netstat.frontends.builder import build_graph
from netstat.graph import Argument, Graph, Module, ModuleCall, Node, Source, TensorSpec
from netstat.models.alexnet import alexnet
from netstat.records.memory import MOST_PIECES

SIZES = st.integers(1, 9)


def node(read: list[tuple[Source, TensorSpec]], size: int, *, fresh: bool) -> Node:
    arguments = tuple(Argument(f"tensors.{i}", spec, source) for i, (source, spec) in enumerate(read))
    return Node("op", "", "", False, False, 0, arguments, {}, (TensorSpec((size,)),), fresh)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Chains with skips, views and results written over operands; some end in several outputs."""
    made: list[tuple[Source, TensorSpec]] = [(Source("input", "x"), TensorSpec((draw(SIZES),)))]
    nodes: list[Node] = []
    for i in range(draw(st.integers(1, 12))):
        read = [made[-1], *draw(st.lists(st.sampled_from(made), max_size=2))]
        fresh = draw(st.booleans())
        size = draw(SIZES) if fresh else read[0][1].shape[0]
        nodes.append(node(read, size, fresh=fresh))
        made.append((Source("node", node=i), nodes[-1].outputs[0]))
    outputs = (made[-1][0], *draw(st.lists(st.sampled_from([source for source, _ in made]), max_size=2)))
    return Graph("random", (("x", made[0][1]),), tuple(nodes), outputs=outputs, calls=draw(calls(made, len(nodes))))


@st.composite
def calls(draw: st.DrawFn, made: list[tuple[Source, TensorSpec]], end: int) -> tuple[ModuleCall, ...]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, end - 1))
        stop, (source, spec) = draw(st.integers(start + 1, end)), draw(st.sampled_from(made[: start + 1]))
        found.append(ModuleCall(Module("m", "M"), (spec,), (), start, stop, (source,)))
    return tuple(found)


def simulated(graph: Graph) -> list[int]:
    """Bytes alive during each operator, by counting who still holds each piece of memory, operator by operator."""
    memory: dict[Source, Source] = {Source("input", "x"): Source("input", "x")}
    size = {Source("input", "x"): graph.inputs[0][1].nbytes}
    levels = []
    for i, step in enumerate(graph.nodes):
        result = Source("node", node=i)
        memory[result] = result if step.fresh else memory[step.arguments[0].source]
        if step.fresh:
            size[result] = step.outputs[0].nbytes
        holders: Counter[Source] = Counter()
        holders[Source("input", "x")] += 1  # the caller's
        holders[memory[result]] += 1
        for later in graph.nodes[i:]:
            holders.update(memory[a.source] for a in later.arguments if a.source in memory)
        for call in graph.calls:
            if i < call.stop:
                holders.update(memory[source] for source in call.sources if source in memory)
        holders.update(memory[source] for source in graph.outputs if source in memory)
        levels.append(sum(size[piece] for piece in size if holders[piece]))
    return levels


@given(graphs())
def test_every_moment_is_that_of_a_simulation_that_counts_references(graph: Graph) -> None:
    assert [moment.live_bytes for moment in inference_need(graph).timeline] == simulated(graph)


@given(graphs())
def test_the_components_add_up_to_the_peak(graph: Graph) -> None:
    need = inference_need(graph)
    assert need.resident_bytes + need.activation_bytes == need.peak_bytes == need.moment.live_bytes
    assert need.peak_bytes == max(moment.live_bytes for moment in need.timeline)


@given(graphs())
def test_the_largest_pieces_at_the_peak_are_what_is_there_beyond_the_beginning(graph: Graph) -> None:
    need = inference_need(graph)
    sizes = [piece.nbytes for piece in need.largest]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) <= need.peak_bytes - need.resident_bytes
    if len(sizes) < MOST_PIECES:
        assert sum(sizes) == need.peak_bytes - need.resident_bytes


@given(graphs())
def test_the_peak_holds_every_operator_with_what_it_reads_and_makes(graph: Graph) -> None:
    peak = inference_need(graph).peak_bytes
    for step in graph.nodes:
        made = sum(spec.nbytes for spec in step.outputs) if step.fresh else 0
        assert peak >= made + step.arguments[0].spec.nbytes


@pytest.mark.slow
@given(graphs())
def test_from_moment_to_moment_what_is_freed_goes_and_what_is_made_comes(graph: Graph) -> None:
    timeline = inference_need(graph).timeline
    for before, after in pairwise(timeline):
        assert after.live_bytes == before.live_bytes - after.freed_bytes + after.allocated_bytes


def _alexnet(batch: int) -> Graph:
    return build_graph("alexnet", alexnet(), TensorSpec((batch, 3, 224, 224)))


def test_the_peak_of_alexnet_by_hand() -> None:
    """Parameters, the input, what max_pool2d in features.2 reads and makes: its caller holds no more than the input."""
    need = inference_need(_alexnet(8))
    assert need.moment.path == "features.2"
    assert need.peak_bytes == 4 * (61_100_840 + 8 * (3 * 224 * 224 + 64 * 55 * 55 + 64 * 27 * 27))


@given(st.integers(1, 64))
def test_a_larger_batch_needs_more(batch: int) -> None:
    assert inference_need(_alexnet(batch)).peak_bytes < inference_need(_alexnet(batch + 1)).peak_bytes


def test_the_input_of_a_container_is_held_until_the_container_returns() -> None:
    held, size = Source("node", node=0), TensorSpec((5,))
    nodes = (
        node([(Source("input", "x"), size)], 5, fresh=True),
        node([(held, size)], 5, fresh=True),
        node([(Source("node", node=1), size)], 5, fresh=True),
    )
    graph = Graph("m", (("x", size),), nodes, outputs=(Source("node", node=2),))
    inside = ModuleCall(Module("m", "Sequential"), (size,), (size,), 1, 3, (held,))
    assert inference_need(graph).peak_bytes == 3 * 20
    called = Graph("m", graph.inputs, nodes, outputs=graph.outputs, calls=(inside,))
    assert inference_need(called).peak_bytes == 4 * 20


def test_a_model_that_calls_nothing_needs_its_input() -> None:
    graph = Graph("identity", (("x", TensorSpec((3,))),), (), outputs=(Source("input", "x"),))
    assert inference_need(graph).peak_bytes == 12
