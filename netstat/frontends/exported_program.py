"""An exported program as a module that can be captured: the modules it came from in outline, its operators in order."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from netstat.errors import ModelError
from netstat.frontends.exported import spec_of
from netstat.frontends.exported_calls import run
from netstat.frontends.files import plain_text


class Program:
    """The operators in order. A copy of the module runs the same program."""

    def __init__(self, graph: Mapping[str, Any], paths: Sequence[str], inputs: Sequence[str]) -> None:
        self.graph, self.paths, self.inputs = graph, paths, inputs
        self.owned: dict[str, str] = {}  # name in the program: path of the parameter or buffer

    def __deepcopy__(self, memo: Any) -> "Program":
        return self


class Scope(nn.Module):
    """A module of the original: it runs what it is handed, so that this runs under its path."""

    def forward(self, call: Callable[[], Any]) -> Any:
        """Run it."""
        return call()


class Outline(nn.Module):
    """The whole model: runs the program under the scopes it holds."""

    _program: Program

    def _run_program(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """What the operators make of the inputs, one after the other."""
        tensors = {name: _at(self, path) for name, path in self._program.owned.items()}
        env: dict[str, Any] = {**tensors, **dict(zip(self._program.inputs, inputs, strict=True))}
        for node, path in zip(self._program.graph["nodes"], self._program.paths, strict=True):
            call = partial(run, node, env, self._program.graph)
            env.update(self.get_submodule(path)(call) if path else call())
        return [env[arg["as_tensor"]["name"]] for arg in self._program.graph["outputs"] if "as_tensor" in arg]


def as_module(module: Mapping[str, Any], memory: Mapping[str, Any], inputs: Sequence[str]) -> nn.Module:
    """The program as a module on the meta device.

    Args:
        module: graph and signature.
        memory: by a weight's name, what it has in common with others that are the same tensor.
        inputs: names of the inputs, in order.

    Raises:
        ModelError: the program holds what netstat does not know.
    """
    graph, kinds = module["graph"], {}
    stacks = [_stack(node) for node in graph["nodes"]]
    for stack in stacks:
        kinds.update(stack)
    outline = _outline(kinds.get("", ""), Program(graph, [next(reversed(stack), "") for stack in stacks], inputs))
    for path in sorted(filter(None, kinds), key=lambda path: path.count(".")):
        _module_at(outline, path, kinds)
    _adopt(outline, module, memory, kinds)
    return outline.eval()


def _stack(node: Mapping[str, Any]) -> dict[str, str]:
    """Paths and classes of the modules that were running, outermost first; a later call of a module is the module."""
    entries = [entry.split(",") for entry in node["metadata"].get("nn_module_stack", "").split(";")]
    found = {re.sub(r"@\d+", "", entry[1]): entry[2] for entry in entries if len(entry) == 3}
    return {path: kind for path, kind in found.items() if _is_path(path)}


def _is_path(path: str) -> bool:
    names = path.split(".") if path else []
    return not path.startswith("_empty_nn_module_stack") and all(re.fullmatch(r"\w+", name) for name in names)


def _module_at(outline: nn.Module, path: str, kinds: Mapping[str, str]) -> nn.Module:
    """The scope at `path`, made with those around it where it is not there yet."""
    module = outline
    names = path.split(".") if path else []
    for i, name in enumerate(names):
        if name not in module._modules:
            module.add_module(name, _class(kinds.get(".".join(names[: i + 1]), ""), Scope, {})())
        child = module._modules[name]
        assert child is not None
        module = child
    return module


def _adopt(outline: Outline, module: Mapping[str, Any], memory: Mapping[str, Any], kinds: Mapping[str, str]) -> None:
    """Parameters and buffers under their own names; of several names of one tensor, all are it."""
    values, made = module["graph"]["tensor_values"], {}
    for name, path, buffer in _owned(module["signature"]["input_specs"]):
        meta = values[name]
        spec = spec_of(meta, f"tensor '{plain_text(path)}'")
        key = memory.get(path, path)
        if key not in made:
            tensor = torch.empty(spec.shape, dtype=getattr(torch, spec.dtype), device="meta")
            made[key] = tensor if buffer else nn.Parameter(tensor, requires_grad=bool(meta["requires_grad"]))
        owner, _, leaf = path.rpartition(".")
        home = _module_at(outline, owner, kinds)
        home.register_buffer(leaf, made[key]) if buffer else setattr(home, leaf, made[key])
        outline._program.owned[name] = path


def _owned(specs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, bool]]:
    """Name in the program, path and whether a buffer, of what the module owns.

    Raises:
        ModelError: it owns what is no tensor.
    """
    for spec in specs:
        ((kind, entry),) = spec.items()
        if kind in ("parameter", "buffer", "tensor_constant"):
            yield entry["arg"]["name"], plain_text(entry[f"{kind}_name"]), kind != "parameter"
        elif kind not in ("user_input", "constant_input"):
            raise ModelError(f"the program takes a {plain_text(kind)[:40]}, which netstat does not know")


def _outline(kind: str, program: Program) -> Outline:
    """The whole model under the name of the original class; its `forward` names its inputs as the original's did."""

    def forward(self: Outline, *inputs: Tensor) -> Any:
        return self._run_program(inputs)

    named = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("self", *program.inputs)]
    forward.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
    made: Outline = _class(kind, Outline, {"forward": forward})()
    made._program = program
    return made


def _class(kind: str, base: type[nn.Module], members: Mapping[str, Any]) -> Any:
    """A class under the name of the original one, so that it is shown and looked up by it."""
    home, _, name = kind.rpartition(".")
    return type(plain_text(name) or "Module", (base,), {**members, "__module__": home or __name__})


def _at(module: nn.Module, path: str) -> Any:
    owner, _, name = path.rpartition(".")
    return getattr(module.get_submodule(owner), name)
