"""ONNX files: the formulas that modules have, shapes as ONNX infers them, and nothing of a file is run or followed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import netstat
from netstat.cli import main
from netstat.errors import ModelError, NetstatError, ShapeError, UsageError
from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Inputs
from netstat.graph import Graph
from netstat.records import Profile

onnx = pytest.importorskip("onnx", reason='needs pip install "netstat[onnx]"')
np = pytest.importorskip("numpy")
F, INT = 1, 7
OPSET = 20


def model(
    nodes: Sequence[Any],
    inputs: dict[str, Sequence[Any]],
    weights: dict[str, Sequence[int]] | None = None,
    constants: dict[str, Any] | None = None,
    outputs: Sequence[str] = ("y",),
    opset: int = OPSET,
) -> Any:
    helper = onnx.helper
    initial = [onnx.numpy_helper.from_array(np.zeros(s, "float32"), name) for name, s in (weights or {}).items()]
    initial += [onnx.numpy_helper.from_array(np.array(value), name) for name, value in (constants or {}).items()]
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info(name, F, shape) for name, shape in inputs.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        initial,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def saved(folder: Path, made: Any) -> str:
    path = folder / "net.onnx"
    path.write_bytes(made.SerializeToString())
    return str(path)


def node(op: str, inputs: str, outputs: str = "y", **attributes: Any) -> Any:
    return onnx.helper.make_node(op, inputs.split(" "), outputs.split(" "), **attributes)


def graph_of(folder: Path, made: Any, **more: Any) -> Graph:
    return resolve(saved(folder, made), Inputs(**more)).graph


def profile_of(folder: Path, made: Any, **more: Any) -> Profile:
    return netstat.profile(saved(folder, made), **more)


def one(folder: Path, op: str, *shapes: Sequence[int], opset: int = OPSET, **attributes: Any) -> Any:
    """The rows of a single operator on inputs of these shapes, as (op, attributes, output shape)."""
    names = "abcdefgh"[: len(shapes)]
    made = model([node(op, " ".join(names), **attributes)], dict(zip(names, shapes, strict=True)), opset=opset)
    return [(row.op, dict(row.attributes), row.output.shape) for row in graph_of(folder, made).nodes]


def test_a_convolution_counts_as_torchs_does(tmp_path: Path) -> None:
    conv = node("Conv", "x w b", strides=[4, 4], pads=[2, 2, 2, 2])
    p = profile_of(tmp_path, model([conv], {"x": [1, 3, 224, 224]}, {"w": [64, 3, 11, 11], "b": [64]}))
    ours, theirs = p.layers[0], netstat.profile("alexnet").layers[0]
    for field in ("op", "params", "macs", "flops", "bytes_read", "bytes_written", "output_shapes", "receptive_field"):
        assert getattr(ours, field) == getattr(theirs, field)


@pytest.mark.parametrize(
    ("attributes", "shape", "ops"),
    [
        ({}, (1, 4, 6, 5), ["conv2d"]),
        ({"auto_pad": "VALID"}, (1, 4, 6, 5), ["conv2d"]),
        ({"auto_pad": "SAME_UPPER", "strides": [2, 2]}, (1, 4, 4, 4), ["conv2d"]),
        ({"pads": [0, 1, 2, 3]}, (1, 4, 8, 9), ["pad", "conv2d"]),
        ({"pads": [1, 1, 1, 1], "dilations": [2, 2]}, (1, 4, 6, 5), ["conv2d"]),
    ],
)
def test_padding_of_a_convolution_in_every_spelling(
    tmp_path: Path, attributes: dict[str, Any], shape: tuple[int, ...], ops: list[str]
) -> None:
    made = model([node("Conv", "x w", **attributes)], {"x": [1, 2, 8, 7]}, {"w": [4, 2, 3, 3]})
    graph = graph_of(tmp_path, made)
    assert [row.op for row in graph.nodes] == ops
    assert graph.nodes[-1].output.shape == shape
    assert sum(row.macs for row in netstat.profile(graph).layers) == shape[2] * shape[3] * 4 * 2 * 9


def test_every_rank_and_groups_of_a_convolution(tmp_path: Path) -> None:
    for dims in (1, 2, 3):
        weight = [4, 1, *(3,) * dims]
        made = model([node("Conv", "x w", group=2)], {"x": [2, 2, *(5,) * dims]}, {"w": weight})
        (row,) = netstat.profile(graph_of(tmp_path, made)).layers
        assert (row.op, row.macs) == (f"conv{dims}d", 2 * 4 * 3**dims * 3**dims)


def test_a_transposed_convolution(tmp_path: Path) -> None:
    made = model([node("ConvTranspose", "x w b", strides=[2, 2])], {"x": [1, 4, 5, 5]}, {"w": [4, 3, 2, 2], "b": [3]})
    (row,) = profile_of(tmp_path, made).layers
    assert (row.op, row.output_shape, row.macs) == ("conv_transpose2d", (1, 3, 10, 10), 25 * 4 * 3 * 4)


@pytest.mark.parametrize(
    ("attributes", "a", "b", "c", "ops"),
    [
        ({"transB": 1}, [5, 3], [7, 3], [7], ["linear"]),
        ({}, [5, 3], [3, 7], [7], ["linear"]),
        ({"transA": 1}, [3, 5], [3, 7], [7], ["linear"]),
        ({"transB": 1}, [5, 3], [7, 3], [5, 7], ["linear", "add"]),
        ({"alpha": 2.0}, [5, 3], [3, 7], [7], ["addmm"]),
    ],
)
def test_a_gemm_is_a_linear_layer(
    tmp_path: Path, attributes: dict[str, Any], a: list[int], b: list[int], c: list[int], ops: list[str]
) -> None:
    p = profile_of(tmp_path, model([node("Gemm", "x w c", **attributes)], {"x": a}, {"w": b, "c": c}))
    assert [row.op for row in p.layers] == ops
    assert p.layers[-1].output_shape == (5, 7)
    assert p.totals.macs == 5 * 3 * 7
    assert p.totals.params == 21 + np.prod(c)


def test_a_product_with_a_weight_is_a_linear_layer_and_one_of_two_activations_is_not(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x w", "h"), node("Transpose", "h", "t", perm=[0, 2, 1]), node("MatMul", "h t")]
    p = profile_of(tmp_path, model(nodes, {"x": [2, 5, 3]}, {"w": [3, 7]}))
    assert [(row.op, row.macs, row.params) for row in p.layers] == [
        ("linear", 2 * 5 * 3 * 7, 21),
        ("permute", 0, 0),
        ("matmul", 2 * 5 * 5 * 7, 0),
    ]


def test_a_weight_under_another_shape_is_that_weight(tmp_path: Path) -> None:
    nodes = [node("Transpose", "w", "t", perm=[1, 0]), node("Identity", "t", "u"), node("MatMul", "x u")]
    p = profile_of(tmp_path, model(nodes, {"x": [5, 3]}, {"w": [7, 3]}))
    assert [(row.op, row.params) for row in p.layers] == [("linear", 21)]


@pytest.mark.parametrize(
    ("op", "attributes", "ours", "shape"),
    [
        ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2]}, "max_pool2d", (1, 2, 3, 3)),
        ("MaxPool", {"kernel_shape": [3, 3]}, "max_pool2d", (1, 2, 5, 5)),
        ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}, "max_pool2d", (1, 2, 4, 4)),
        ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}, "avg_pool2d", (1, 2, 7, 7)),
        ("GlobalAveragePool", {}, "adaptive_avg_pool2d", (1, 2, 1, 1)),
        ("GlobalMaxPool", {}, "adaptive_max_pool2d", (1, 2, 1, 1)),
        ("MaxPool", {"kernel_shape": [2, 2], "pads": [0, 0, 1, 1]}, "MaxPool", (1, 2, 7, 7)),
    ],
)
def test_pooling(tmp_path: Path, op: str, attributes: dict[str, Any], ours: str, shape: tuple[int, ...]) -> None:
    ((name, _, made),) = one(tmp_path, op, [1, 2, 7, 7], **attributes)
    assert (name, made) == (ours, shape)


def test_normalisation_and_what_is_a_parameter_of_it(tmp_path: Path) -> None:
    channel = {name: [6] for name in "sbmv"}
    p = profile_of(tmp_path, model([node("BatchNormalization", "x s b m v")], {"x": [1, 6, 4, 4]}, channel))
    assert (p.layers[0].op, p.layers[0].params, p.totals.params, p.totals.buffer_bytes) == ("batch_norm", 12, 12, 48)
    for op, ours in (("LayerNormalization", "layer_norm"), ("InstanceNormalization", "instance_norm")):
        p = profile_of(tmp_path, model([node(op, "x s b")], {"x": [2, 6, 6]}, {"s": [6], "b": [6]}))
        assert (p.layers[0].op, p.totals.params) == (ours, 12)
    assert one(tmp_path, "LRN", [1, 6, 4, 4], size=5, bias=2.0)[0][1] == {
        "size": 5,
        "alpha": pytest.approx(1e-4),
        "beta": 0.75,
        "k": 2.0,
    }


@pytest.mark.parametrize(
    ("op", "ours"),
    [("Relu", "relu"), ("Sigmoid", "sigmoid"), ("Tanh", "tanh"), ("Erf", "erf"), ("Gelu", "gelu"), ("Exp", "exp"),
     ("Sqrt", "sqrt"), ("Reciprocal", "reciprocal"), ("Neg", "neg"), ("LeakyRelu", "leaky_relu"), ("Elu", "elu"),
     ("HardSwish", "hardswish"), ("Mish", "mish"), ("Softplus", "softplus"), ("Softsign", "softsign"), ("Abs", "abs"),
     ("Dropout", "dropout"), ("Softmax", "softmax"), ("LogSoftmax", "log_softmax")],
)  # fmt: skip
def test_one_tensor_in_one_of_the_same_shape_out(tmp_path: Path, op: str, ours: str) -> None:
    ((name, _, shape),) = one(tmp_path, op, [2, 3, 4])
    assert (name, shape) == (ours, (2, 3, 4))


@pytest.mark.parametrize(
    ("op", "ours"),
    [("Add", "add"), ("Sub", "sub"), ("Mul", "mul"), ("Div", "div"), ("Pow", "pow"), ("Max", "maximum"),
     ("Min", "minimum"), ("Less", "lt"), ("Equal", "eq"), ("Sum", "add")],
)  # fmt: skip
def test_two_tensors_are_broadcast(tmp_path: Path, op: str, ours: str) -> None:
    ((name, _, shape),) = one(tmp_path, op, [2, 1, 4], [3, 1])
    assert (name, shape) == (ours, (2, 3, 4))


def test_a_known_number_is_an_attribute_so_that_a_square_is_one(tmp_path: Path) -> None:
    made = model([node("Pow", "x two")], {"x": [2, 3]}, constants={"two": np.float32(2)})
    (row,) = profile_of(tmp_path, made).layers
    assert (row.multiplies, row.specials, row.params) == (6, 0, 0)


def test_softmax_before_version_13_is_over_all_dimensions_from_its_axis_on(tmp_path: Path) -> None:
    rows = one(tmp_path, "Softmax", [2, 3, 4], opset=11)
    assert [name for name, _, _ in rows] == ["softmax", "reshape"]
    p = profile_of(tmp_path, model([node("Softmax", "x")], {"x": [2, 3, 4]}, opset=11))
    assert p.totals.adds == 2 * (12 - 1)


def test_bounds_of_a_clip_are_numbers_and_no_parameters(tmp_path: Path) -> None:
    bounds = {"low": np.float32(0), "high": np.float32(6)}
    graph = graph_of(tmp_path, model([node("Clip", "x low high")], {"x": [2, 3]}, constants=bounds))
    assert graph.params == ()
    assert (graph.nodes[0].attributes["min"], graph.nodes[0].attributes["max"]) == (0.0, 6.0)
    assert one(tmp_path, "Clip", [2, 3], opset=6, min=0.0, max=6.0)[0][1]["max"] == 6.0


@pytest.mark.parametrize(("op", "ours"), [("ReduceMean", "mean"), ("ReduceSum", "sum"), ("ReduceMax", "amax")])
@pytest.mark.parametrize("keep", [0, 1])
def test_reductions(tmp_path: Path, op: str, ours: str, keep: int) -> None:
    made = model([node(op, "x axes", keepdims=keep)], {"x": [2, 3, 4, 5]}, constants={"axes": np.array([2, 3])})
    (row,) = graph_of(tmp_path, made).nodes
    assert (row.op, row.output.shape) == (ours, (2, 3, 1, 1) if keep else (2, 3))


@pytest.mark.parametrize(
    ("op", "constants", "attributes", "shape"),
    [
        ("Reshape", [np.array([0, -1])], {}, (2, 60)),
        ("Flatten", [], {"axis": 2}, (6, 20)),
        ("Flatten", [], {}, (2, 60)),
        ("Unsqueeze", [np.array([0, -1])], {}, (1, 2, 3, 4, 5, 1)),
        ("Slice", [np.array([1, 0]), np.array([9, -1]), np.array([1, 3]), np.array([1, 2])], {}, (2, 2, 4, 2)),
        ("Gather", [np.array(0)], {"axis": 1}, (2, 4, 5)),
        ("Gather", [np.array([[0, 1, 1]])], {"axis": 1}, (2, 1, 3, 4, 5)),
        ("Pad", [np.array([0, 0, 1, 2, 0, 0, 3, 4])], {}, (2, 3, 8, 11)),
        ("Expand", [np.array([6, 2, 1, 4, 1])], {}, (6, 2, 3, 4, 5)),
        ("Tile", [np.array([1, 2, 1, 3])], {}, (2, 6, 4, 15)),
        ("Resize", [np.array([]).astype("float32"), np.array([1, 1, 2, 2], "float32")], {}, (2, 3, 8, 10)),
        (
            "Resize",
            [np.array([]).astype("float32"), np.array([1, 1, 2, 3], "float32")],
            {"mode": "linear"},
            (2, 3, 8, 15),
        ),
    ],
)
def test_what_moves_values_has_the_shape_onnx_gives_it(
    tmp_path: Path, op: str, constants: list[Any], attributes: dict[str, Any], shape: tuple[int, ...]
) -> None:
    names = [f"c{i}" for i in range(len(constants))]
    made = model(
        [node(op, " ".join(["x", *names]), **attributes)],
        {"x": [2, 3, 4, 5]},
        constants=dict(zip(names, constants, strict=True)),
    )
    graph = graph_of(tmp_path, made)
    by_onnx = onnx.shape_inference.infer_shapes(made, data_prop=True).graph.output[0].type.tensor_type.shape
    assert graph.params == ()
    assert graph.nodes[-1].output.shape == shape == tuple(dim.dim_value for dim in by_onnx.dim)
    assert netstat.profile(graph).totals.macs == 0


def test_arithmetic_on_sizes_is_worked_out_and_no_row(tmp_path: Path) -> None:
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s zero", "n"),
        node("Unsqueeze", "n axis", "n1"),
        node("Concat", "n1 rest", "shape", axis=0),
        node("Reshape", "x shape"),
    ]
    constants = {"zero": np.array(0), "axis": np.array([0]), "rest": np.array([-1])}
    graph = graph_of(tmp_path, model(nodes, {"x": ["N", 3, 4]}, constants=constants), batch=5)
    assert [(row.op, row.output.shape) for row in graph.nodes] == [("reshape", (5, 12))]


def test_an_embedding_is_a_gather_from_a_weight(tmp_path: Path) -> None:
    made = model([node("Gather", "w x")], {"x": [2, 7]}, {"w": [100, 16]})
    made.graph.input[0].type.tensor_type.elem_type = INT
    (row,) = profile_of(tmp_path, made).layers
    assert (row.op, row.params, row.output_shape) == ("embedding", 1600, (2, 7, 16))


def test_what_has_no_formula_is_listed_under_its_onnx_name(tmp_path: Path) -> None:
    nodes = [node("Relu", "x", "h"), node("Hardmax", "h", "k"), node("Relu", "k")]
    p = profile_of(tmp_path, model(nodes, {"x": [2, 3]}))
    assert [(item.op, item.calls, item.elements) for item in p.uncounted] == [("Hardmax", 1, 6)]
    assert not p.complete


def test_an_operator_of_another_domain_takes_the_shape_the_file_declares(tmp_path: Path) -> None:
    made = model([onnx.helper.make_node("Relu", ["x"], ["h"], domain="com.somebody"), node("Relu", "h")], {"x": [2, 3]})
    with pytest.raises(ModelError, match=r"the shape of what com\.somebody\.Relu makes is not known"):
        profile_of(tmp_path, made)
    made.graph.value_info.append(onnx.helper.make_tensor_value_info("h", F, [4, 5]))
    p = profile_of(tmp_path, made)
    assert [row.op for row in p.layers] == ["com.somebody.Relu", "relu"]
    assert p.layers[1].output_shape == (4, 5)


def test_an_open_first_dimension_is_the_batch(tmp_path: Path) -> None:
    made = model([node("Relu", "x")], {"x": ["N", 3, 8, 8]})
    assert profile_of(tmp_path, made).inputs[0].shape == (1, 3, 8, 8)
    assert profile_of(tmp_path, made, batch=4).inputs[0].shape == (4, 3, 8, 8)


def test_other_open_dimensions_are_asked_for(tmp_path: Path) -> None:
    made = model([node("Relu", "x")], {"x": ["N", 3, "H", "W"]})
    with pytest.raises(UsageError, match=r"input 'x' is N×3×H×W in the file; say the open sizes: -i x=3x128x128"):
        profile_of(tmp_path, made)
    assert profile_of(tmp_path, made, input_shape=(3, 8, 9)).inputs[0].shape == (1, 3, 8, 9)
    assert profile_of(tmp_path, made, input_shape={"x": (3, 8, 9)}).inputs[0].shape == (1, 3, 8, 9)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"input_shape": (3, 9, 9)}, "input 'x' is 2×3×8×8 in the file; export it with open dimensions"),
        ({"input_shape": (3, 8)}, "export it with open dimensions"),
        ({"batch": 4}, "export it with open dimensions"),
        ({"input_shape": {"z": (3, 8, 8)}}, "the file has no input 'z'; it has x"),
        ({"input_shape": [(3, 8, 8), (3, 8, 8)]}, "more input shapes than the file has inputs"),
        ({"input_shape": [((3, 8, 8), "int64", "x")]}, "input 'x' is float32 in the file, not int64"),
        ({"dtype": "bf16"}, "an ONNX file has its own dtypes"),
        ({"training": True}, "an ONNX file holds the evaluation pass"),
        ({"args": (1,)}, "an ONNX file is described by shapes"),
    ],
)
def test_what_the_file_settles_for_itself(tmp_path: Path, given: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        profile_of(tmp_path, model([node("Relu", "x")], {"x": [2, 3, 8, 8]}), **given)
    assert profile_of(tmp_path, model([node("Relu", "x")], {"x": [2, 3, 8, 8]})).inputs[0].shape == (2, 3, 8, 8)


def test_the_path_is_what_the_exporter_notes_or_the_name_without_its_prefix(tmp_path: Path) -> None:
    noted = node("Relu", "x", "a", name="node_relu")
    notes = {
        "pkg.torch.onnx.name_scopes": "['', 'features', 'features.1', 'relu']",
        "pkg.torch.onnx.class_hierarchy": "['m.Net', 'm.Block', 'torch.nn.modules.activation.ReLU', 'aten.relu']",
    }
    for key, value in notes.items():
        noted.metadata_props.append(onnx.StringStringEntryProto(key=key, value=value))
    names = ("node_relu_1", "/layer1/layer1.0/conv1/Conv", "")
    nodes = [
        noted,
        *(node("Relu", "ab"[0] if i == 0 else f"h{i}", f"h{i + 1}", name=name) for i, name in enumerate(names)),
    ]
    nodes.append(node("Relu", "h3", name="a\x1b[31m"))
    graph = graph_of(tmp_path, model(nodes, {"x": [2, 3]}))
    assert [row.path for row in graph.nodes] == ["features.1", "relu_1", "layer1.0.conv1.Conv", "h3", r"a\x1b[31m"]
    assert (graph.nodes[0].module, graph.nodes[0].stock, graph.nodes[0].leaf) == ("ReLU", True, True)


@pytest.mark.slow
def test_the_whole_job_leaves_out_what_cannot_be_run_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, model([node("Relu", "x")], {"x": [2, 3]}))
    assert main(["profile", path]) == 0
    assert capsys.readouterr().err == "netstat: cross-check and time are left out: an ONNX file is read, not run\n"
    assert main(["benchmark", path, "--quick"]) == 3


def test_a_layer_that_cannot_take_its_input_is_named(tmp_path: Path) -> None:
    made = model([node("Conv", "x w", name="first")], {"x": [1, 5, 8, 8]}, {"w": [4, 3, 3, 3]})
    with pytest.raises(ShapeError, match="layer 'first': needs 3 input channels, got 5"):
        profile_of(tmp_path, made)


def external(location: str) -> Any:
    made = model([node("MatMul", "x w")], {"x": [2, 3]}, {"w": [3, 4]})
    weight = made.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = 1
    weight.external_data.append(onnx.StringStringEntryProto(key="location", value=location))
    return made


@pytest.mark.parametrize(
    "location", ["../../etc/passwd", "a/../../b", "/weights", "\\\\host\\weights", "C:weights", ""]
)
def test_data_outside_the_models_folder_is_refused(tmp_path: Path, location: str) -> None:
    with pytest.raises(ModelError, match="has its data outside the model's folder"):
        profile_of(tmp_path, external(location))


def test_data_in_a_file_beside_the_model_is_not_read(tmp_path: Path) -> None:
    assert not (tmp_path / "weights.bin").exists()
    assert profile_of(tmp_path, external("weights.bin")).totals.params == 12


def test_weights_are_whole_or_the_file_is_refused(tmp_path: Path) -> None:
    made = model([node("MatMul", "x w")], {"x": [2, 3]}, {"w": [3, 4]})
    made.graph.initializer[0].dims[0] = 2**20
    with pytest.raises(ModelError, match="does not hold the 4194304 values its sizes say"):
        profile_of(tmp_path, made)


@pytest.mark.parametrize("size", [2**62, -5])
def test_sizes_that_cannot_be_are_refused(tmp_path: Path, size: int) -> None:
    made = model([node("MatMul", "x w")], {"x": [2, 3]}, {"w": [3, 4]})
    made.graph.initializer[0].dims[0] = size
    with pytest.raises(ModelError, match="has sizes that cannot be"):
        profile_of(tmp_path, made)
    if size > 0:
        with pytest.raises(ModelError, match="has sizes that cannot be"):
            profile_of(tmp_path, model([node("Relu", "x")], {"x": [size, 3]}))


def test_a_few_numbers_cannot_ask_for_a_huge_tensor(tmp_path: Path) -> None:
    nodes = [node("ConstantOfShape", "huge", "h"), node("Add", "x h")]
    made = model(nodes, {"x": [1, 1]}, constants={"huge": np.array([2**20, 2**20])})
    assert profile_of(tmp_path, made).layers[-1].output_shape == (2**20, 2**20)
    pool = model([node("MaxPool", "x", kernel_shape=[2**30], strides=[1])], {"x": [1, 1, 2**31 - 1]})
    assert profile_of(tmp_path, pool).uncounted[0].op == "MaxPool"


def test_nodes_in_a_circle_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="reads 'b', which nothing before it makes"):
        profile_of(tmp_path, model([node("Relu", "b", "a"), node("Relu", "a", "b")], {"x": [1]}))
    with pytest.raises(ModelError, match="makes 'x', which is there already"):
        profile_of(tmp_path, model([node("Relu", "x", "x")], {"x": [1]}))


def test_damaged_files_end_in_one_line(tmp_path: Path) -> None:
    whole = model([node("MatMul", "x w")], {"x": [2, 3]}, {"w": [3, 4]}).SerializeToString()
    for content in (b"", b"hello", b"\x00" * 100, whole[: len(whole) // 2], whole[:-1], b"PK\x03\x04"):
        (tmp_path / "net.onnx").write_bytes(content)
        with pytest.raises(NetstatError) as caught:
            netstat.profile(tmp_path / "net.onnx")
        assert "\n" not in str(caught.value)


def test_too_many_nodes_are_refused(tmp_path: Path) -> None:
    made = model([node("Relu", "x", f"y{i}") for i in range(100_001)], {"x": [1]}, outputs=["y0"])
    with pytest.raises(ModelError, match="has 100001 nodes; netstat reads 100000"):
        profile_of(tmp_path, made)
