"""ONNX operators that work value by value, and reductions."""

from typing import Any

from netstat.frontends.onnx_layers import Translation
from netstat.frontends.onnx_values import DTYPES, Call, Step, UntranslatedError

POINTWISE: dict[str, Translation] = {}

# ONNX name: ours. One tensor in, no attribute that matters to the work.
UNARY = {
    "Abs": "abs", "Acos": "acos", "Acosh": "acosh", "Asin": "asin", "Asinh": "asinh", "Atan": "atan", "Atanh": "atanh",
    "BitwiseNot": "bitwise_not", "Ceil": "ceil", "Celu": "celu", "Cos": "cos", "Cosh": "cosh", "Elu": "elu",
    "Erf": "erf", "Exp": "exp", "Floor": "floor", "HardSwish": "hardswish", "IsInf": "isinf", "IsNaN": "isnan",
    "LeakyRelu": "leaky_relu", "Log": "log", "Mish": "mish", "Neg": "neg", "Not": "logical_not",
    "Reciprocal": "reciprocal", "Relu": "relu", "Round": "round", "Selu": "selu", "Sigmoid": "sigmoid", "Sign": "sign",
    "Sin": "sin", "Sinh": "sinh", "Softplus": "softplus", "Softsign": "softsign", "Sqrt": "sqrt", "Tan": "tan",
    "Tanh": "tanh",
}  # fmt: skip
BINARY = {
    "Add": "add", "And": "logical_and", "BitwiseAnd": "bitwise_and", "BitwiseOr": "bitwise_or",
    "BitwiseXor": "bitwise_xor", "Div": "div", "Equal": "eq", "Greater": "gt", "GreaterOrEqual": "ge", "Less": "lt",
    "LessOrEqual": "le", "Mul": "mul", "Or": "logical_or", "Sub": "sub", "Xor": "logical_xor",
}  # fmt: skip
SEVERAL = {"Max": "maximum", "Min": "minimum", "Sum": "add"}
REDUCTIONS = {
    "ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "amax", "ReduceMin": "amin", "ReduceProd": "prod",
    "ReduceLogSumExp": "logsumexp", "ReduceL2": "vector_norm",
}  # fmt: skip


def _unary(call: Call) -> Step:
    slope = {"negative_slope": call.attributes["alpha"]} if call.op == "LeakyRelu" and call.attributes else {}
    return Step(UNARY[call.op], {"input": call[0]}, slope)


def _binary(call: Call) -> Step:
    """A number that is known is an attribute, as in torch: x² is known to be a square."""
    ours = "pow" if call.op == "Pow" else BINARY[call.op]
    second = "exponent" if call.op == "Pow" else "other"
    whole = call.op == "Div" and "int" in call[0].spec.dtype
    rounding: dict[str, Any] = {"rounding_mode": "trunc"} if whole else {}
    if (number := call[1].number) is None or whole:
        return Step(ours, {"input": call[0], second: call[1]}, rounding)
    return Step(ours, {"input": call[0]}, {second: number})


def _several(call: Call) -> Any:
    """One after the other."""
    result: Any = call[0]
    for i in range(1, len(call.inputs)):
        result = Step(SEVERAL[call.op], {"input": result, "other": call[i]})
    return result


def _mod(call: Call) -> Step:
    return Step("fmod" if call.attributes.get("fmod") else "remainder", {"input": call[0], "other": call[1]})


def _clip(call: Call) -> Step:
    bounds = {name: call.attributes.get(name) for name in ("min", "max")}
    given = {name: value for i, name in enumerate(("min", "max"), 1) if (value := call.get(i)) is not None}
    numbers = {name: value.number for name, value in given.items()}
    tensors = {name: value for name, value in given.items() if numbers[name] is None}
    known = {name: value for name, value in {**bounds, **numbers}.items() if value is not None}
    return Step("clamp", {"input": call[0], **tensors}, known)


def _gelu(call: Call) -> Step:
    return Step("gelu", {"input": call[0]}, {"approximate": call.attributes.get("approximate", "none")})


def _swish(call: Call) -> Step:
    if call.attributes.get("alpha", 1.0) != 1.0:
        raise UntranslatedError
    return Step("silu", {"input": call[0]})


def _hard_sigmoid(call: Call) -> Step:
    """torch's is the one with a slope of 1/6 and 1/2 in the middle."""
    slope, middle = call.attributes.get("alpha", 0.2), call.attributes.get("beta", 0.5)
    if abs(slope - 1 / 6) > 1e-6 or middle != 0.5:
        raise UntranslatedError
    return Step("hardsigmoid", {"input": call[0]})


def _prelu(call: Call) -> Step:
    """The slope has the channels' dimension and, in ONNX, ones after it."""
    slope = call[1]
    if slope.spec.numel not in (1, *call[0].spec.shape[1:2]):
        raise UntranslatedError
    return Step(
        "prelu", {"input": call[0], "weight": slope._replace(spec=slope.spec._replace(shape=(slope.spec.numel,)))}
    )


def _where(call: Call) -> Step:
    return Step("where", {"condition": call[0], "input": call[1], "other": call[2]})


def _cast(call: Call) -> Step:
    code = call.attributes.get("to") if call.op == "Cast" else None
    dtype = call[1].spec.dtype if call.op == "CastLike" else DTYPES.get(code or 0)
    if dtype is None:
        raise UntranslatedError
    return Step("to", {"input": call[0]}, {"dtype": dtype})


def _dropout(call: Call) -> Step:
    if call.outputs > 1:
        raise UntranslatedError
    return Step("dropout", {"input": call[0]}, {"training": False})


def _reduction(call: Call) -> Any:
    axes = call.known("axes", 1)
    if not axes and call.attributes.get("noop_with_empty_axes"):
        return call[0]
    dims = axes or tuple(range(len(call[0].spec.shape)))
    attributes = {"dim": dims, "keepdim": bool(call.attributes.get("keepdims", 1))}
    return (
        _product(call, attributes)
        if call.op == "ReduceProd"
        else Step(REDUCTIONS[call.op], {"input": call[0]}, attributes)
    )


def _product(call: Call, attributes: dict[str, Any]) -> Step:
    """torch's takes one dimension."""
    if len(attributes["dim"]) != 1:
        raise UntranslatedError
    return Step("prod", {"input": call[0]}, {**attributes, "dim": attributes["dim"][0]})


def _arg(call: Call) -> Step:
    attributes = {"dim": call.attributes.get("axis", 0), "keepdim": bool(call.attributes.get("keepdims", 1))}
    return Step("argmax" if call.op == "ArgMax" else "argmin", {"input": call[0]}, attributes)


def _cumsum(call: Call) -> Step:
    (axis,) = call.known("axis", 1) or ()
    if call.attributes.get("exclusive"):
        raise UntranslatedError
    return Step("cumsum", {"input": call[0]}, {"dim": axis})


def _topk(call: Call) -> Step:
    (k,) = call.known("k", 1) or (0,)
    attributes = {"k": k, "dim": call.attributes.get("axis", -1), "largest": bool(call.attributes.get("largest", 1))}
    return Step("topk", {"input": call[0]}, {**attributes, "sorted": bool(call.attributes.get("sorted", 1))})


POINTWISE.update(dict.fromkeys(UNARY, _unary))
POINTWISE.update(dict.fromkeys((*BINARY, "Pow"), _binary))
POINTWISE.update(dict.fromkeys(SEVERAL, _several))
POINTWISE.update(dict.fromkeys(REDUCTIONS, _reduction))
POINTWISE.update(dict.fromkeys(("Cast", "CastLike"), _cast))
POINTWISE.update(dict.fromkeys(("ArgMax", "ArgMin"), _arg))
POINTWISE.update(
    {
        "Clip": _clip, "CumSum": _cumsum, "Dropout": _dropout, "Gelu": _gelu, "HardSigmoid": _hard_sigmoid,
        "Mod": _mod, "PRelu": _prelu, "Swish": _swish, "TopK": _topk, "Where": _where,
    }
)  # fmt: skip
