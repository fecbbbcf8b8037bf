"""What of a model is timed: the calls of which modules as a whole, and which functions one by one.

A module without children is timed as a whole, and so is one whose children do not run one by one: compiled or scripted,
or one of torch's own that hands its whole work to one kernel where it can. Where a module's own forward calls functions
that cost something (the addition of a residual, an activation), each of these is timed by itself, as it is a row of its
own in the profile. A user's module without children is taken apart in the same way where it makes several operators.
What the graph gives no cost (a view, reading a size) has no time of its own.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netstat.graph import TORCH, Graph, ModuleCall, Node
from netstat.ops import OPERATORS, node_cost
from netstat.records.benchmark import Row

if TYPE_CHECKING:
    from torch.nn import Module

# torch's own that run as one kernel unless somebody looks into them.
FUSED = frozenset({"MultiheadAttention", "TransformerEncoderLayer"})


class Named(NamedTuple):
    """What a timed call is called.

    Attributes:
        op: the operator; several are joined by a plus.
        call: its number in the profile; where it covers several rows, or none, how often the module was called before.
        family: its kind; several are joined by a plus.
        covers: the rows of the profile it is the time of, where those are not this path, `op` and `call`.
    """

    op: str = ""
    call: int = 0
    family: str = ""
    covers: tuple[Row, ...] = ()


class Plan(NamedTuple):
    """What is timed, by path.

    Attributes:
        units: modules that are timed as a whole.
        containers: the others; their own functions are timed one by one.
        calls: of a unit, what each of its calls is called; none where there is no graph.
        functions: of a container, the operators to be timed, and their families.
    """

    units: "Mapping[str, Module]"
    containers: "Mapping[str, Module]"
    calls: Mapping[str, Sequence[Named]] = {}
    functions: Mapping[str, Mapping[str, str]] = {}

    def unit(self, path: str, call: int) -> Named:
        """What the call of a unit is called; by number alone where the graph has no such call."""
        calls = self.calls.get(path, ())
        return calls[call] if call < len(calls) else Named(call=call)


def plan(module: "Module", graph: Graph | None = None) -> Plan:
    """The plan for `module`.

    Args:
        module: the model. One that stands at several paths goes by the first.
        graph: of this module; without one its leaves are timed, and nothing has a name.
    """
    seen = _Seen(graph) if graph and graph.calls else None
    units: dict[str, Module] = {}
    containers: dict[str, Module] = {}
    for path, part in _outermost(module):
        (units if _is_whole(part) or not _is_apart(part, path, seen) else containers)[path] = part
    if seen is None:
        return Plan(units, containers)
    units = {path: part for path, part in units.items() if seen.runs(path)}
    calls, functions = seen.named(units, containers)
    return Plan(units, containers, calls, functions)


def _outermost(module: "Module") -> "Iterator[tuple[str, Module]]":
    """Every module by its first path, but for what is inside one that is timed as a whole."""
    inside: str | None = None
    for path, part in module.named_modules():
        if inside is None or not path.startswith(inside):
            yield path, part
            inside = (path and f"{path}.") if _is_whole(part) else inside


def _is_whole(part: "Module") -> bool:
    """Whether the module's children, if it has any, do not run one by one."""
    from torch.jit import ScriptModule

    from netstat.frontends.vocabulary import operator_of_module

    kind = type(part)
    fused = kind.__module__.startswith("torch.nn.modules.") and kind.__name__ in FUSED
    compiled = part._compiled_call_impl is not None or "_orig_mod" in part._modules
    return fused or compiled or isinstance(part, ScriptModule) or operator_of_module(kind) is not None


def _is_apart(part: "Module", path: str, seen: "_Seen | None") -> bool:
    """Whether it has children, or is a leaf of the user's own that makes several operators in one call."""
    return bool(part._modules) or (seen is not None and seen.makes_several(path))


class _Seen:
    """The graph's nodes by the calls of modules they ran in."""

    def __init__(self, graph: Graph) -> None:
        self._nodes, self._all = graph.nodes, graph.calls
        self._calls: dict[str, list[ModuleCall]] = defaultdict(list)
        for call in graph.calls:
            self._calls[call.module.path].append(call)

    def runs(self, path: str) -> bool:
        """Whether any operator runs in the module."""
        return any(call.start < call.stop for call in self._calls.get(path, ()))

    def makes_several(self, path: str) -> bool:
        """Whether it is no class of torch's, and a call of it makes more than one operator that costs something."""
        calls = self._calls.get(path, ())
        return any(call.module.home != TORCH and len(costly(self._inside(call))) > 1 for call in calls)

    def named(
        self, units: Container[str], containers: Container[str]
    ) -> tuple[dict[str, list[Named]], dict[str, dict[str, str]]]:
        """Names of the calls of each of `units`, and the functions of each of `containers` that are worth timing."""
        outermost = _outermost_calls([call for call in self._all if call.module.path in units])
        calls: dict[str, list[Named]] = defaultdict(list)
        for call in outermost:
            path = call.module.path
            calls[path].append(_named(path, len(calls[path]), self._inside(call)))
        covered = {index for call in outermost for index in range(call.start, call.stop)}
        return calls, self._functions(containers, covered)

    def _functions(self, containers: Container[str], covered: set[int]) -> dict[str, dict[str, str]]:
        functions: dict[str, dict[str, str]] = defaultdict(dict)
        for index, node in enumerate(self._nodes):
            if index not in covered and node.path in containers and (node.fresh or _costs(node)):
                functions[node.path][node.op] = _family(node)
        return functions

    def _inside(self, call: ModuleCall) -> Sequence[Node]:
        return self._nodes[call.start : call.stop]


def _outermost_calls(calls: Sequence[ModuleCall]) -> list[ModuleCall]:
    """The calls that run in none of the others, in order. Of two around the same nodes, the later to end is outside."""
    found: list[ModuleCall] = []
    for _, call in sorted(enumerate(calls), key=lambda item: (item[1].start, -item[1].stop, -item[0])):
        if not found or call.stop > found[-1].stop or call.start == call.stop:
            found.append(call)
    return found


def _named(path: str, call: int, nodes: Sequence[Node]) -> Named:
    chosen = costly(nodes) or nodes[:1]
    rows = tuple(Row(node.path, node.op, node.call) for node in chosen)
    op = "+".join(dict.fromkeys(node.op for node in chosen))
    family = "+".join(dict.fromkeys(map(_family, chosen)))
    if len(rows) == 1 and rows[0].path == path:
        return Named(op, rows[0].call, family)
    return Named(op, call, family, rows)


def costly(nodes: Sequence[Node]) -> list[Node]:
    """Those that compute or move something, as far as anybody knows."""
    return [node for node in nodes if _costs(node)]


def _costs(node: Node) -> bool:
    cost = node_cost(node)
    return cost is None or bool(cost.flops or cost.bytes_read or cost.bytes_written)


def _family(node: Node) -> str:
    return OPERATORS[node.op].family if node.op in OPERATORS else "uncounted"
