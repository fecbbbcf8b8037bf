"""What is known of an ONNX node before it runs: results that follow from known values, and shapes by ONNX's rules."""

from collections.abc import Mapping
from typing import Any

from netstat.errors import ModelError
from netstat.frontends.files import checked_spec, plain_text
from netstat.frontends.onnx_values import CODES, DTYPES, LARGEST_CONSTANT, Call, Value, constant, data_of, spec_of
from netstat.graph import Source, TensorSpec

# Arithmetic on sizes, and what arranges them. Nothing here is random, and nothing runs another graph.
FOLDED = frozenset(
    {
        "Abs", "Add", "And", "Cast", "Ceil", "Concat", "ConstantOfShape", "Div", "Equal", "Expand", "Flatten", "Floor",
        "Gather", "Greater", "GreaterOrEqual", "Identity", "Less", "LessOrEqual", "Max", "Min", "Mod", "Mul", "Neg",
        "Not", "Or", "Pow", "Range", "Reciprocal", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum", "Reshape",
        "Slice", "Split", "Sqrt", "Squeeze", "Sub", "Tile", "Transpose", "Unsqueeze", "Where",
    }
)  # fmt: skip


def folded(call: Call, proto: Any) -> tuple[Value, ...] | None:
    """The results, where they are known and small; None where they are not, so that the node is a row.

    Raises:
        ModelError: a constant in the file cannot be.
    """
    if call.op == "Constant":
        return (_constant(call),)
    if call.op in ("Shape", "Size"):
        return (_size(call),)
    known = call.op in FOLDED and all(value is None or value.data is not None for value in call.inputs)
    return _computed(call, proto) if known and _is_small(call, proto) else None


def _constant(call: Call) -> Value:
    import numpy

    for name, value in call.attributes.items():
        if name == "value":
            spec = spec_of(value)
            return Value(spec, Source("constant"), data_of(value, spec))
        if name in ("value_int", "value_ints"):
            return constant(numpy.array(value, dtype="int64"))
        if name in ("value_float", "value_floats"):
            return constant(numpy.array(value, dtype="float32"))
    raise ModelError("a Constant in the file holds no tensor netstat knows")


def _size(call: Call) -> Value:
    import numpy

    shape = call[0].spec.shape
    if call.op == "Size":
        return constant(numpy.array(call[0].spec.numel, dtype="int64"))
    return constant(numpy.array(shape[call.attributes.get("start", 0) : call.attributes.get("end")], dtype="int64"))


def _is_small(call: Call, proto: Any) -> bool:
    """Whether what it makes is small, by ONNX's own rules: a few numbers can ask for a huge tensor."""
    specs = inferred(call, proto, {})
    return specs is not None and sum(spec.numel for spec in specs) <= LARGEST_CONSTANT


def _computed(call: Call, proto: Any) -> tuple[Value, ...] | None:
    """The node executed on its own, by ONNX's reference implementation."""
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    given = {name: value for name, value in zip(proto.input, call.inputs, strict=True) if value is not None}
    infos = [helper.make_tensor_value_info(name, CODES[value.spec.dtype], None) for name, value in given.items()]
    outputs = [helper.make_empty_tensor_value_info(name) for name in proto.output]
    graph = helper.make_graph([proto], "folded", infos, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", call.version)])
    try:
        results = ReferenceEvaluator(model).run(None, {name: value.data for name, value in given.items()})
    except Exception:  # noqa: BLE001  whatever a reference implementation raises: then it is a row like any other
        return None
    return tuple(constant(result) for result in results)


def inferred(call: Call, proto: Any, declared: Mapping[str, Any]) -> tuple[TensorSpec, ...] | None:
    """Shapes by ONNX's rules for the operator, else those the file declares; None where neither says."""
    specs = _by_schema(call, proto)
    found = [specs.get(name) or _declared(name, declared) for name in proto.output if name]
    return None if None in found else tuple(spec for spec in found if spec is not None)


def _by_schema(call: Call, proto: Any) -> dict[str, TensorSpec | None]:
    from onnx import defs, helper, numpy_helper, shape_inference

    given = {name: value for name, value in zip(proto.input, call.inputs, strict=True) if value is not None}
    types = {
        name: helper.make_tensor_type_proto(CODES[value.spec.dtype], value.spec.shape)
        for name, value in given.items()
        if value.spec.dtype in CODES
    }
    data = {name: numpy_helper.from_array(value.data, name) for name, value in given.items() if value.data is not None}
    versions = [helper.make_opsetid("", call.version)]
    if proto.domain not in ("", "ai.onnx"):
        return {}
    try:
        schema = defs.get_schema(call.op, call.version, "")
        made = shape_inference.infer_node_outputs(schema, proto, types, data, opset_imports=versions)
    except Exception:  # noqa: BLE001  an operator ONNX does not have, or one that its rules refuse
        return {}
    return {name: _spec(kind, name) for name, kind in made.items()}


def _declared(name: str, declared: Mapping[str, Any]) -> TensorSpec | None:
    return _spec(declared[name].type, name) if name in declared else None


def _spec(kind: Any, name: str) -> TensorSpec | None:
    """Shape and dtype of a type, None where a size is open."""
    tensor = kind.tensor_type
    sizes = [dim.dim_value if dim.HasField("dim_value") and dim.dim_value >= 0 else None for dim in tensor.shape.dim]
    if not tensor.HasField("shape") or None in sizes or tensor.elem_type not in DTYPES:
        return None
    return checked_spec(
        tuple(size for size in sizes if size is not None), DTYPES[tensor.elem_type], f"'{plain_text(name)}'"
    )
