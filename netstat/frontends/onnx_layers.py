"""ONNX operators that are layers: convolution, matrix products, pooling, normalisation, attention, resizing."""

from collections.abc import Callable
from typing import Any

from netstat.frontends.onnx_values import Call, Step, UntranslatedError, Value, flattened, transposed

Translation = Callable[[Call], Any]  # to a Step, or to the Value that comes out
LAYERS: dict[str, Translation] = {}
LONGEST_WINDOW = 65_536  # taps along one dimension; pools are counted tap by tap


def layer(*names: str) -> Callable[[Translation], Translation]:
    """Decorator: what the ONNX operators of these names are."""

    def register(translation: Translation) -> Translation:
        LAYERS.update(dict.fromkeys(names, translation))
        return translation

    return register


def dims_of(call: Call) -> int:
    """Spatial dimensions of the first input.

    Raises:
        UntranslatedError: none of our operators has so many.
    """
    dims = len(call[0].spec.shape) - 2
    if not 1 <= dims <= 3:
        raise UntranslatedError
    return dims


def padding_of(call: Call, dims: int) -> Any:
    """Padding as our operators spell it: per dimension, or "SAME"; (before, after) pairs where the two differ."""
    auto = call.attributes.get("auto_pad", "NOTSET")
    if auto == "SAME_UPPER":
        return "SAME"
    if auto not in ("NOTSET", "VALID"):
        raise UntranslatedError
    pads = call.attributes.get("pads") if auto == "NOTSET" else None
    pads = tuple(pads or (0,) * 2 * dims)
    before, after = pads[:dims], pads[dims:]
    return before if before == after else tuple(zip(before, after, strict=True))


def _is_even(padding: Any) -> bool:
    return isinstance(padding, str) or all(isinstance(size, int) for size in padding)


def _padded(input: Value, pairs: Any) -> Step:
    """The input with zeros around it."""
    return Step("pad", {"input": input}, {"pad": tuple(size for pair in reversed(pairs) for size in pair)})


@layer("Conv")
def _conv(call: Call) -> Step:
    dims, input = dims_of(call), call[0]
    padding = padding_of(call, dims)
    attributes = {
        "stride": tuple(call.attributes.get("strides", (1,) * dims)),
        "dilation": tuple(call.attributes.get("dilations", (1,) * dims)),
        "groups": call.attributes.get("group", 1),
        "padding": padding if _is_even(padding) else 0,
    }
    tensors = {"input": input if _is_even(padding) else _padded(input, padding), "weight": call[1], "bias": call.get(2)}
    return Step(f"conv{dims}d", tensors, attributes)


@layer("ConvTranspose")
def _conv_transpose(call: Call) -> Step:
    dims = dims_of(call)
    padding = padding_of(call, dims)
    if isinstance(padding, str) or not _is_even(padding) or "output_shape" in call.attributes:
        raise UntranslatedError
    attributes = {
        "stride": tuple(call.attributes.get("strides", (1,) * dims)),
        "dilation": tuple(call.attributes.get("dilations", (1,) * dims)),
        "output_padding": tuple(call.attributes.get("output_padding", (0,) * dims)),
        "groups": call.attributes.get("group", 1),
        "padding": padding,
    }
    return Step(f"conv_transpose{dims}d", {"input": call[0], "weight": call[1], "bias": call.get(2)}, attributes)


@layer("Gemm")
def _gemm(call: Call) -> Step:
    """alpha · A · B + beta · C: a linear layer where alpha and beta are 1."""
    a = transposed(call[0]) if call.attributes.get("transA") else call[0]
    b = call[1] if call.attributes.get("transB") else transposed(call[1])
    c, alpha, beta = call.get(2), call.attributes.get("alpha", 1.0), call.attributes.get("beta", 1.0)
    if c is not None and (alpha, beta) != (1.0, 1.0):
        return Step("addmm", {"input": c, "mat1": a, "mat2": transposed(b)}, {"alpha": alpha, "beta": beta})
    if alpha != 1.0:
        raise UntranslatedError
    is_bias = c is None or c.spec.shape == b.spec.shape[:1]
    product = Step("linear", {"input": a, "weight": b, "bias": c if is_bias else None})
    return product if is_bias else Step("add", {"input": product, "other": c})


@layer("MatMul")
def _matmul(call: Call) -> Step:
    a, b = call[0], call[1]
    if b.source.kind == "param" and len(b.spec.shape) == 2 and a.spec.shape:
        return Step("linear", {"input": a, "weight": transposed(b)})
    return Step("matmul", {"input": a, "other": b})


@layer("Einsum")
def _einsum(call: Call) -> Step:
    operands = [call[i] for i in range(len(call.inputs))]
    return Step("einsum", {"operands": operands}, {"equation": call.attributes["equation"]})


@layer("MaxPool", "AveragePool")
def _pool(call: Call) -> Step:
    dims = dims_of(call)
    padding, kernel = padding_of(call, dims), tuple(call.attributes["kernel_shape"])
    dilations = tuple(call.attributes.get("dilations", (1,) * dims))
    if not _is_even(padding) or max(kernel, default=0) > LONGEST_WINDOW:
        raise UntranslatedError
    attributes = {
        "kernel_size": kernel,
        "stride": tuple(call.attributes.get("strides", (1,) * dims)),
        "padding": padding,
        "ceil_mode": bool(call.attributes.get("ceil_mode", 0)),
    }
    if call.op == "MaxPool":
        more: dict[str, Any] = {"dilation": dilations, "return_indices": call.outputs > 1}
        return Step(f"max_pool{dims}d", {"input": call[0]}, {**attributes, **more})
    if set(dilations) != {1}:
        raise UntranslatedError
    more = {"count_include_pad": bool(call.attributes.get("count_include_pad", 0))}
    return Step(f"avg_pool{dims}d", {"input": call[0]}, {**attributes, **more})


@layer("GlobalAveragePool", "GlobalMaxPool")
def _global_pool(call: Call) -> Step:
    kind = "avg" if call.op == "GlobalAveragePool" else "max"
    return Step(f"adaptive_{kind}_pool{dims_of(call)}d", {"input": call[0]}, {"output_size": 1})


@layer("BatchNormalization")
def _batch_norm(call: Call) -> Step:
    if call.attributes.get("training_mode", 0) or call.attributes.get("spatial", 1) != 1:
        raise UntranslatedError
    names = ("input", "weight", "bias", "running_mean", "running_var")
    eps = call.attributes.get("epsilon", 1e-5)
    tensors = {name: call[i] for i, name in enumerate(names)}
    return Step("batch_norm", tensors, {"training": False, "eps": eps})


@layer("LayerNormalization")
def _layer_norm(call: Call) -> Step:
    shape, axis = call[0].spec.shape, call.attributes.get("axis", -1)
    attributes = {"normalized_shape": shape[axis % len(shape) :], "eps": call.attributes.get("epsilon", 1e-5)}
    if call.outputs > 1:
        raise UntranslatedError
    return Step("layer_norm", {"input": call[0], "weight": call.get(1), "bias": call.get(2)}, attributes)


@layer("RMSNormalization")
def _rms_norm(call: Call) -> Step:
    shape, axis = call[0].spec.shape, call.attributes.get("axis", -1)
    attributes = {"normalized_shape": shape[axis % len(shape) :], "eps": call.attributes.get("epsilon", 1e-5)}
    return Step("rms_norm", {"input": call[0], "weight": call.get(1)}, attributes)


@layer("GroupNormalization")
def _group_norm(call: Call) -> Step:
    attributes = {"num_groups": call.attributes["num_groups"], "eps": call.attributes.get("epsilon", 1e-5)}
    if call[1].spec.shape != call[0].spec.shape[1:2]:  # before version 21: one per group
        raise UntranslatedError
    return Step("group_norm", {"input": call[0], "weight": call[1], "bias": call[2]}, attributes)


@layer("InstanceNormalization")
def _instance_norm(call: Call) -> Step:
    attributes = {"use_input_stats": True, "eps": call.attributes.get("epsilon", 1e-5)}
    return Step("instance_norm", {"input": call[0], "weight": call[1], "bias": call[2]}, attributes)


@layer("LRN")
def _local_response_norm(call: Call) -> Step:
    names = {"alpha": ("alpha", 1e-4), "beta": ("beta", 0.75), "k": ("bias", 1.0)}
    attributes = {ours: call.attributes.get(theirs, default) for ours, (theirs, default) in names.items()}
    return Step("local_response_norm", {"input": call[0]}, {**attributes, "size": call.attributes["size"]})


@layer("Softmax", "LogSoftmax")
def _softmax(call: Call) -> Step:
    """Before version 13 over all dimensions from `axis` on, which are then one."""
    op = "softmax" if call.op == "Softmax" else "log_softmax"
    if call.version >= 13:
        return Step(op, {"input": call[0]}, {"dim": call.attributes.get("axis", -1)})
    axis = call.attributes.get("axis", 1)
    rank = len(call[0].spec.shape)
    if axis % rank == rank - 1:
        return Step(op, {"input": call[0]}, {"dim": -1})
    rows = Step(op, {"input": flattened(call[0], axis)}, {"dim": -1})
    return Step("reshape", {"input": rows}, {"shape": call[0].spec.shape})


@layer("Resize", "Upsample")
def _resize(call: Call) -> Step:
    """Only over the spatial dimensions: everything else is none of torch's."""
    dims, shape = dims_of(call), call[0].spec.shape
    mode = call.attributes.get("mode", "nearest")
    ops = {
        "nearest": f"upsample_nearest{dims}d",
        "linear": {1: "upsample_linear1d", 2: "upsample_bilinear2d", 3: "upsample_trilinear3d"}[dims],
        "cubic": {2: "upsample_bicubic2d"}.get(dims),
    }
    sizes = _resized(call, shape)
    if sizes[:2] != shape[:2] or call.attributes.get("antialias") or not ops.get(mode):
        raise UntranslatedError
    corners = call.attributes.get("coordinate_transformation_mode") == "align_corners"
    more = {} if mode == "nearest" else {"align_corners": corners}
    return Step(str(ops[mode]), {"input": call[0]}, {"output_size": sizes[2:], **more})


def _resized(call: Call, shape: tuple[int, ...]) -> tuple[int, ...]:
    sizes = call.get(3)
    if call.attributes.get("axes") or (sizes is not None and sizes.data is None):
        raise UntranslatedError
    if sizes is not None:
        return tuple(map(int, sizes.data.tolist()))
    scales = call.get(1 if call.op == "Upsample" else 2)
    if scales is None or scales.data is None or scales.data.size != len(shape):
        raise UntranslatedError
    return tuple(int(size * scale) for size, scale in zip(shape, scales.data.tolist(), strict=True))
