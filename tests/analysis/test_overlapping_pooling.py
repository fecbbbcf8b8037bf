"""Overlapping pooling (window larger than stride) is marked, and stands beside the same with windows that tile."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import netstat
from netstat.analysis.overlapping import overlapping
from netstat.errors import UsageError
from netstat.frontends.builder import build_graph
from netstat.graph import Graph, TensorSpec
from netstat.models.layers import avg_pool2d, max_pool2d
from netstat.models.spec import sequential
from netstat.ops import OPERATORS
from netstat.records.profile import Profile


def pooled(kernel: int, stride: int, padding: int = 0, size: int = 20, make=max_pool2d) -> Graph:
    return build_graph("pool", sequential(make(kernel, stride, padding)), TensorSpec((1, 4, size, size)))


def test_alexnets_three_pools_overlap_and_vggs_do_not() -> None:
    marked = [row.path for row in netstat.profile("alexnet").layers if row.overlapping]
    assert marked == ["features.2", "features.5", "features.12"]
    assert not any(row.overlapping for row in netstat.profile("vgg16").layers)
    assert netstat.profile("vgg16", overlapping=True).overlapping == ()


def test_the_figures_of_alexnets_pools_by_hand() -> None:
    found = netstat.profile("alexnet", overlapping=True).overlapping or ()
    assert [(pool.window, pool.stride) for pool in found] == [((3, 3), (2, 2))] * 3
    maps = [64 * 27**2, 192 * 13**2, 256 * 6**2]
    assert [pool.flops for pool in found] == [(9 - 1) * values for values in maps]
    assert [pool.twin_flops for pool in found] == [(4 - 1) * values for values in maps]
    assert [pool.output_shape for pool in found] == [pool.twin_output_shape for pool in found]


def test_a_section_nobody_asked_for_is_not_there() -> None:
    profile = netstat.profile("alexnet")
    assert profile.overlapping is None
    assert "overlapping" not in profile.to_dict()


@given(kernel=st.integers(1, 7), stride=st.integers(1, 7), size=st.integers(7, 30))
def test_a_pool_is_marked_where_its_window_is_larger_than_its_stride(kernel: int, stride: int, size: int) -> None:
    assert bool(overlapping(pooled(kernel, stride, size=size))) is (kernel > stride)


@given(kernel=st.integers(2, 7), stride=st.integers(1, 6), padding=st.integers(0, 3), size=st.integers(7, 30))
def test_a_twin_is_the_pool_that_one_would_write_instead(kernel: int, stride: int, padding: int, size: int) -> None:
    assume(kernel > stride and 2 * padding <= kernel)
    for make in (max_pool2d, avg_pool2d):
        (found,) = overlapping(pooled(kernel, stride, padding, size, make))
        row = profile_of(pooled(stride, stride, 0, size, make)).layers[0]
        assert (found.twin_output_shape, found.twin_flops) == (row.output_shape, row.flops)
        assert (found.twin_bytes_read, found.twin_bytes_written) == (row.bytes_read, row.bytes_written)


def profile_of(graph: Graph) -> Profile:
    return netstat.profile(graph)


def test_the_twins_output_may_be_of_another_size() -> None:
    (found,) = overlapping(pooled(3, 2, 1, size=9))
    assert (found.output_shape, found.twin_output_shape) == ((1, 4, 5, 5), (1, 4, 4, 4))


def test_dilation_widens_a_window_and_the_twin_has_none() -> None:
    operator = OPERATORS["max_pool2d"]
    graph = pooled(2, 2)
    attributes = operator.canonical({**graph.nodes[0].attributes, "dilation": 2})
    (node,) = graph.nodes
    (found,) = overlapping(Graph("pool", graph.inputs, (node._replace(attributes=attributes),)))
    assert (found.window, found.stride) == ((3, 3), (2, 2))
    assert found.twin_flops == profile_of(graph).layers[0].flops


def test_a_folded_row_and_a_container_of_a_tree_say_that_they_hold_one() -> None:
    assert [row.overlapping for row in netstat.profile("alexnet", depth=1).layers] == [True, False, False, False]
    assert [branch.layer.overlapping for branch in netstat.profile("alexnet").tree(1)] == [True, False, False, False]


def test_the_summary_names_three_and_counts_the_rest() -> None:
    pools = sequential(*[max_pool2d(2, 1)] * 5)
    text = str(profile_of(build_graph("pools", pools, TensorSpec((1, 1, 9, 9)))))
    assert "overlapping pools  0, 1, 2 and 2 more: window larger than stride" in text


def test_the_table_has_a_row_per_pool_their_sum_and_what_the_overlap_costs() -> None:
    text = str(netstat.profile("alexnet", overlapping=True))
    section = text[text.index("overlapping pooling: 3 layers") :]
    cells = [line.split() for line in section.splitlines() if line.startswith(("features.2 ", "total"))]
    assert cells[0][0] == "features.2"
    assert {"373,248", "139,968"} <= set(cells[0])
    assert {"706,560", "264,960"} <= set(cells[1])
    assert "441,600 operations more, 0.031 % of the forward pass" in section


def test_a_model_without_any_says_so() -> None:
    assert "overlapping pooling: none, no window is larger than its stride" in str(
        netstat.profile("vgg11", overlapping=True)
    )


def test_a_saved_result_is_not_asked_for_what_it_does_not_hold(tmp_path) -> None:
    path = tmp_path / "alexnet.json"
    netstat.profile("alexnet").save(path)
    with pytest.raises(UsageError, match="is a saved result and stays as it was counted"):
        netstat.profile(path, overlapping=True)
    netstat.profile("alexnet", overlapping=True).save(path)
    assert netstat.profile(path).overlapping == netstat.profile("alexnet", overlapping=True).overlapping


@pytest.mark.torch
@pytest.mark.parametrize(("kernel", "stride", "padding", "size"), [(3, 2, 0, 55), (3, 2, 1, 112), (3, 1, 1, 17)])
def test_torch_agrees_on_both_output_sizes(kernel: int, stride: int, padding: int, size: int) -> None:
    import torch
    from torch.nn import functional

    (found,) = overlapping(pooled(kernel, stride, padding, size))
    x = torch.zeros(1, 4, size, size)
    assert found.output_shape == tuple(functional.max_pool2d(x, kernel, stride, padding).shape)
    assert found.twin_output_shape == tuple(functional.max_pool2d(x, stride).shape)
