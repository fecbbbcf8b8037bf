"""The nodes of an ONNX graph in order, each as calls of our operators."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netstat.errors import ModelError, ShapeError
from netstat.frontends.files import plain_text
from netstat.frontends.onnx_folding import folded, inferred
from netstat.frontends.onnx_layers import LAYERS
from netstat.frontends.onnx_layout import LAYOUT
from netstat.frontends.onnx_names import Place, marked_leaves, place_of
from netstat.frontends.onnx_pointwise import POINTWISE
from netstat.frontends.onnx_values import Call, Step, UntranslatedError, Value, data_of, spec_of
from netstat.graph import Argument, Graph, Node, Param, Source, TensorSpec
from netstat.ops import OPERATORS
from netstat.ops.base import named_specs, signature

TRANSLATIONS = {**LAYERS, **LAYOUT, **POINTWISE}
STANDARD = ("", "ai.onnx")
# Inputs that say how something is computed, which makes them no parameters.
SETTINGS = {"Clip": (1, 2), "Dropout": (1, 2), "Pad": (1, 2, 3), "Resize": (1, 2, 3), "Upsample": (1,), "Pow": (1,)}
STATISTICS = {"BatchNormalization": (3, 4)}  # inputs that torch keeps in buffers


class Walk:
    """Goes through the nodes in order, carrying every tensor by name."""

    def __init__(self, graph: Any, version: int) -> None:
        self._proto, self._version = graph, version
        self._values: dict[str, Value] = {}
        self._inputs: list[tuple[str, TensorSpec]] = []
        self._params: list[Param] = []
        self._nodes: list[Node] = []
        self._calls: Counter[tuple[str, str]] = Counter()
        self._declared = {info.name: info for info in (*graph.value_info, *graph.output)}
        settings, elsewhere = _uses(graph, SETTINGS)
        statistics, _ = _uses(graph, STATISTICS)
        for tensor in graph.initializer:
            self._initial(tensor, tensor.name in settings - elsewhere, tensor.name in statistics)

    def _initial(self, tensor: Any, is_setting: bool, is_buffer: bool) -> None:
        spec, name = spec_of(tensor), plain_text(tensor.name)
        is_weight = ("float" in spec.dtype and spec.shape) or (spec.dtype in ("int8", "uint8") and len(spec.shape) > 1)
        if is_setting or not is_weight:
            self._values[tensor.name] = Value(spec, Source("constant"), data_of(tensor, spec))
            return
        self._params.append(Param(name, spec, trainable=not is_buffer, buffer=is_buffer))
        self._values[tensor.name] = Value(spec, Source("buffer" if is_buffer else "param", name))

    def declare(self, name: str, spec: TensorSpec) -> None:
        """An input of the graph."""
        self._inputs.append((plain_text(name), spec))
        self._values[name] = Value(spec, Source("input", plain_text(name)))

    def graph(self, model: str) -> Graph:
        """What was found."""
        made = [self._values[info.name].source for info in self._proto.output if info.name in self._values]
        nodes = marked_leaves(self._nodes)
        return Graph(model, tuple(self._inputs), nodes, tuple(self._params), tuple(made))

    def node(self, proto: Any) -> None:
        """One node: worked out, translated, or listed under its ONNX name."""
        place = place_of(proto)
        inputs = tuple(self._value(name, place) if name else None for name in proto.input)
        call = Call(proto.op_type, inputs, _attributes(proto), self._version, sum(map(bool, proto.output)))
        made = folded(call, proto) if proto.domain in STANDARD else None
        made = made if made is not None else self._translated(call, proto, place)
        if made is None:
            self._bind(filter(None, proto.output), self._unknown(call, proto, place), place)
        else:
            self._bind(proto.output, made, place)

    def _bind(self, names: Iterable[str], values: Iterable[Value], place: Place) -> None:
        """Know the results by their names; one that is not used has none."""
        for name, value in zip(names, values, strict=False):
            if name in self._values:
                raise ModelError(f"node '{place.path}' makes '{plain_text(name)}', which is there already")
            if name:
                self._values[name] = value

    def _value(self, name: str, place: Place) -> Value:
        if name not in self._values:
            reads = f"node '{place.path}' reads '{plain_text(name)}', which nothing before it makes"
            raise ModelError(f"{reads}: the nodes are in no order they could run in")
        return self._values[name]

    def _translated(self, call: Call, proto: Any, place: Place) -> tuple[Value, ...] | None:
        """The results by our operators; None where they say nothing of such a node."""
        translation = TRANSLATIONS.get(call.op) if proto.domain in STANDARD else None
        if translation is None:
            return None
        before = len(self._nodes), self._calls.copy()
        try:
            result = translation(call)
            return (result,) if isinstance(result, Value) else self._run(result, place)
        except ShapeError as error:
            raise error.at(place.path) from None
        except (UntranslatedError, KeyError, TypeError, ValueError, IndexError, ZeroDivisionError):
            self._nodes, self._calls = self._nodes[: before[0]], before[1]
            return None

    def _run(self, step: Step, place: Place) -> tuple[Value, ...]:
        """A step after the steps whose results it takes."""
        if step.op not in OPERATORS:
            raise UntranslatedError
        operator = OPERATORS[step.op]
        arguments = tuple(self._arguments(step, place))
        _, defaults = signature(operator)  # type: ignore[arg-type]  # a class is hashable
        tensors = {argument.name.partition(".")[0] for argument in arguments} | set(operator.tensors)
        plain = {name: value for name, value in defaults.items() if name not in tensors and name[0] != "_"}
        attributes = operator.canonical({**plain, **step.attributes})
        outputs = operator.shape(**named_specs(arguments), **attributes)
        first = arguments[0].source
        if operator.view and len(arguments) == len(outputs) == 1 and first.kind not in ("node", "input"):
            return (Value(outputs[0], first),)  # a weight under another shape is that weight
        return self._record(step.op, place, arguments, attributes, outputs, operator.makes_tensor(**attributes))

    def _arguments(self, step: Step, place: Place) -> Iterator[Argument]:
        for name, given in step.tensors.items():
            several = isinstance(given, list)
            for i, item in enumerate(given if several else [given]):
                if item is not None:
                    value = self._run(item, place)[0] if isinstance(item, Step) else item
                    yield Argument(f"{name}.{i}" if several else name, value.spec, value.source)

    def _unknown(self, call: Call, proto: Any, place: Place) -> tuple[Value, ...]:
        """A node that none of our operators is; its shapes are ONNX's own, or those the file states."""
        arguments = tuple(Argument(str(i), v.spec, v.source) for i, v in enumerate(call.inputs) if v is not None)
        outputs = inferred(call, proto, self._declared)
        name = plain_text(f"{proto.domain}.{proto.op_type}" if proto.domain not in STANDARD else proto.op_type)
        if outputs is None:
            raise ModelError(
                f"node '{place.path}': the shape of what {name} makes is not known; run onnx.shape_inference"
            )
        return self._record(name, place, arguments, {}, outputs, fresh=True)

    def _record(
        self, op: str, place: Place, arguments: tuple[Argument, ...], attributes: Mapping[str, Any],
        outputs: tuple[TensorSpec, ...], fresh: bool,
    ) -> tuple[Value, ...]:  # fmt: skip
        call = self._calls[place.path, op]
        self._calls[place.path, op] += 1
        index = len(self._nodes)
        self._nodes.append(Node(op, *place, False, call, arguments, attributes, outputs, fresh))
        return tuple(Value(spec, Source("node", node=index, output=i)) for i, spec in enumerate(outputs))


def _uses(graph: Any, table: Mapping[str, tuple[int, ...]]) -> tuple[set[str], set[str]]:
    """Names that stand at the inputs in `table`, and those that stand at any others."""
    there: set[str] = set()
    elsewhere: set[str] = set()
    for node in graph.node:
        places = table.get(node.op_type, ())
        for i, name in enumerate(node.input):
            (there if i in places else elsewhere).add(name)
    return there, elsewhere


def _attributes(proto: Any) -> dict[str, Any]:
    """Attributes as Python values; graphs in attributes are left out."""
    from onnx.helper import get_attribute_value

    plain = {}
    for attribute in proto.attribute:
        if attribute.type not in (5, 10):  # a graph, several
            value = get_attribute_value(attribute)
            plain[attribute.name] = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return plain
