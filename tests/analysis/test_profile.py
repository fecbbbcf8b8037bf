"""Laws of the profile: sums, folding, receptive fields, groups."""

import pytest

from netstat import profile
from netstat.conventions import CONVENTIONS
from netstat.cost import FIELDS
from netstat.errors import UsageError
from netstat.frontends.builder import build_graph
from netstat.graph import Graph, TensorSpec
from netstat.models import MODELS
from netstat.models.layers import avg_pool2d, conv2d, max_pool2d
from netstat.models.spec import sequential

SPECS = [name for name in MODELS.names() if not MODELS[name].needs_torch]
SUMS = [*FIELDS, "flops", "count"]


@pytest.mark.parametrize("name", SPECS)
def test_totals_are_the_sums_of_the_rows(name: str) -> None:
    p = profile(name)
    for field in SUMS:
        assert getattr(p.totals, field) == sum(getattr(row, field) for row in p.layers), field
    assert p.totals.params == sum(row.params for row in p.layers)


@pytest.mark.parametrize("name", SPECS)
def test_flops_are_the_sum_of_the_elementary_operations_and_the_documents_count(name: str) -> None:
    for row in profile(name).layers:
        assert row.flops == row.multiplies + row.adds + row.divides + row.compares + row.specials == row.count


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("depth", [1, 2])
def test_folding_changes_no_total(name: str, depth: int) -> None:
    p, folded = profile(name), profile(name, depth=depth)
    assert folded.totals == p.totals
    assert len(folded.layers) <= len(p.layers)
    for field in [*SUMS, "params"]:
        assert sum(getattr(row, field) for row in folded.layers) == getattr(p.totals, field)


def test_folding_alexnet_to_depth_1_leaves_its_parts() -> None:
    rows = profile("alexnet", depth=1).layers
    assert [(row.path, row.op) for row in rows] == [
        ("features", "13 operators"),
        ("avgpool", "adaptive_avg_pool2d"),
        ("", "flatten"),
        ("classifier", "7 operators"),
    ]
    assert (rows[0].input_shape, rows[0].output_shape) == ((1, 3, 224, 224), (1, 256, 6, 6))


@pytest.mark.parametrize("name", SPECS)
def test_groups_partition_the_model(name: str) -> None:
    p = profile(name)
    assert sum(group.macs for group in p.groups) == p.totals.macs
    assert sum(group.params for group in p.groups) == p.totals.params
    assert sum(group.layers for group in p.groups) == len(p.layers)


def test_the_receptive_field_of_alexnet_grows_as_the_literature_has_it() -> None:
    # Araujo, Norris, Sim (Distill 2019), AlexNet: 195 at the end of the features.
    fields = {row.path: row.receptive_field for row in profile("alexnet").layers}
    assert fields["features.0"] == (11, 11)
    assert fields["features.2"] == (19, 19)
    assert fields["features.12"] == (195, 195)
    assert fields["classifier.1"] is None


def test_the_receptive_field_of_vgg16_is_212_pixels() -> None:
    fields = {row.path: row.receptive_field for row in profile("vgg16").layers}
    assert fields["features.30"] == (212, 212)


@pytest.mark.parametrize(("stacked", "kernel"), [(1, 3), (2, 5), (3, 7)])
def test_stacked_3x3_convolutions_see_what_one_large_kernel_sees(stacked: int, kernel: int) -> None:
    small = sequential(*(conv2d(8, 8, 3, padding=1) for _ in range(stacked)))
    assert field_of(small) == field_of(sequential(conv2d(8, 8, kernel))) == (kernel, kernel)


def test_strides_multiply_the_reach_of_later_windows() -> None:
    assert field_of(sequential(conv2d(8, 8, 3, stride=2), max_pool2d(3, 2), avg_pool2d(2, 1))) == (11, 11)


def field_of(spec) -> tuple[int, ...]:
    from netstat.analysis.receptive_field import receptive_fields

    field = receptive_fields(build_graph("stack", spec, TensorSpec((1, 8, 64, 64))))[-1]
    assert field
    return field.extent


def test_minimum_traffic_is_input_and_parameters_read_and_output_written() -> None:
    row = profile("alexnet").layers[0]
    assert row.bytes_read == 4 * (3 * 224 * 224 + 23_296)
    assert row.bytes_written == 4 * 64 * 55 * 55
    assert row.arithmetic_intensity == row.flops / (row.bytes_read + row.bytes_written)


def test_half_precision_halves_the_bytes_and_nothing_else() -> None:
    full, half = profile("vgg11").totals, profile("vgg11", dtype="bfloat16").totals
    assert (half.bytes_read * 2, half.param_bytes * 2, half.flops) == (full.bytes_read, full.param_bytes, full.flops)


def test_vgg16s_activations_are_those_of_its_new_tensors() -> None:
    # Simonyan and Zisserman, Table 1 D: outputs of the convolutions and pools, the identity pool, the linear layers.
    convolutions = 64 * 224**2 * 2 + 128 * 112**2 * 2 + 256 * 56**2 * 3 + 512 * 28**2 * 3 + 512 * 14**2 * 3
    pools = 64 * 112**2 + 128 * 56**2 + 256 * 28**2 + 512 * 14**2 + 512 * 7**2
    assert profile("vgg16").totals.activation_bytes == 4 * (convolutions + pools + 512 * 7**2 + 4096 + 4096 + 1000)


@pytest.mark.parametrize("convention", ["documents", "macs", "literature"])
def test_the_count_of_a_convention_adds_up(convention: str) -> None:
    p = profile("alexnet", convention=convention)
    expected = {"documents": p.totals.flops, "macs": p.totals.macs, "literature": 2 * p.totals.macs}[convention]
    assert p.totals.count == expected == sum(row.count or 0 for row in p.layers)
    assert p.unit == CONVENTIONS[convention].unit


def test_twice_the_batch_is_twice_the_work_and_the_same_parameters() -> None:
    one, two = profile("vgg13").totals, profile("vgg13", batch=2).totals
    assert (two.macs, two.flops, two.params) == (2 * one.macs, 2 * one.flops, one.params)


def test_a_tools_convention_is_refused_for_a_file_that_nothing_ran() -> None:
    lenet = build_graph("lenet", MODELS["lenet"].build(), TensorSpec((1, 1, 28, 28)))
    graph = Graph("model.onnx", lenet.inputs, lenet.nodes)
    assert profile(graph, convention="macs").totals.count == 416_520
    with pytest.raises(UsageError, match=r"thop counts what torch runs, and nothing of 'model.onnx' was"):
        profile(graph, convention="thop")
