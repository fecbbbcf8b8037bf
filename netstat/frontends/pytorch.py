"""Graph of a torch module or callable: one call on the meta device, recorded at function level."""

import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules import module as torch_module
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map_only

from netstat.errors import ModelError, NetstatError, ShapeError
from netstat.frontends.random_state import random_state_kept
from netstat.frontends.shadow import meta_like, shadow
from netstat.frontends.vocabulary import DEVICE_MOVES, constructors, vocabulary
from netstat.graph import Argument, Graph, Node, Param, Source, TensorSpec
from netstat.ops.base import OPERATORS, Operator, named_specs

# Torch works these out in Python on the meta device, which takes longer than everything else together. Their shape
# rules are compared with torch's in the tests, refusals included.
SLOW_ON_META = ("batch_norm", "linear", "conv1d", "conv2d", "conv3d")


def capture(
    model: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None = None,
    *,
    name: str = "",
    training: bool = False,
    dtype: str = "float32",
) -> Graph:
    """The operator calls of `model(*args, **kwargs)`.

    The model is copied to the meta device first: nothing of the user's is run, changed or allocated.

    Args:
        model: a module, a bound method of one, or any callable.
        args: positional inputs; tensors on any device, only their shape and dtype matter.
        kwargs: named inputs.
        name: the model's name; its class by default.
        training: whether to count the training-mode forward pass.
        dtype: floating-point parameters are counted in this dtype if it is not float32.

    Raises:
        ShapeError: a layer cannot take what reaches it; says which.
        ModelError: forward raised, or the model cannot be copied.
    """
    module, function = _copied(model, training)
    if module is not None and dtype != "float32":
        module.to(getattr(torch, dtype))
    recorder = Recorder(module)
    inputs = recorder.declare_inputs(function, args, kwargs or {})
    with random_state_kept(), _quiet(), torch.no_grad(), recorder.watching():
        result = recorder.run(function, *inputs)
    return Graph(
        model=name or _name(model),
        inputs=tuple(recorder.inputs.items()),
        nodes=tuple(recorder.nodes),
        params=tuple(_params(recorder.tensors)),
        outputs=tuple(map(recorder.source, tensors_in(result))),
        training=training,
    )


def _copied(model: Callable[..., Any], training: bool) -> tuple[nn.Module | None, Callable[..., Any]]:
    """The meta copy of the module in `model`, and what to call."""
    if isinstance(model, nn.Module):
        module = shadow(model).train(training)
        return module, module
    owner = getattr(model, "__self__", None)
    if isinstance(owner, nn.Module):
        module = shadow(owner).train(training)
        return module, getattr(module, model.__name__)
    return None, model


def _name(model: Any) -> str:
    return (
        type(model).__name__ if isinstance(model, nn.Module) else getattr(model, "__qualname__", type(model).__name__)
    )


def _tensors(module: nn.Module) -> Iterator[tuple[str, Tensor, bool]]:
    """Path, tensor, whether a buffer: all parameters in torch's order, then all buffers, under all their names."""
    modules = list(module.named_modules(remove_duplicate=False))
    for buffer in (False, True):
        for prefix, child in modules:
            for name, tensor in (child._buffers if buffer else child._parameters).items():
                if tensor is not None:
                    yield f"{prefix}.{name}" if prefix else name, tensor, buffer


def _params(tensors: Iterable[tuple[str, Tensor, bool]]) -> Iterator[Param]:
    """As the graph has them; the second name of a tensor says what it is shared with."""
    first: dict[int, str] = {}
    for path, tensor, buffer in tensors:
        shared = first.setdefault(id(tensor), path)
        trainable = tensor.requires_grad and not buffer
        yield Param(path, spec_of(tensor), trainable, buffer, shared_with=None if shared == path else shared)


def spec_of(tensor: Tensor) -> TensorSpec:
    """Shape and dtype of a torch tensor."""
    return TensorSpec(tuple(tensor.shape), _dtype_name(tensor.dtype))


@cache
def _dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def tensors_in(value: Any) -> list[Tensor]:
    """The tensors in nested lists, tuples, dicts and whatever else torch knows as a tree."""
    if isinstance(value, Tensor):
        return [value]
    if type(value) in (tuple, list):
        return [tensor for item in value for tensor in tensors_in(item)]
    if type(value) is dict:
        return [tensor for item in value.values() for tensor in tensors_in(item)]
    if type(value) in (int, float, bool, str, type(None), torch.Size, torch.dtype, torch.device):
        return []
    return [leaf for leaf in tree_leaves(value) if isinstance(leaf, Tensor)]


@contextmanager
def _quiet() -> Iterator[None]:
    """Advice that torch gives on a forward pass (a padding that copies) belongs to a run, not to a count."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Owner(NamedTuple):
    """The module whose forward is running."""

    path: str
    module: str
    stock: bool
    leaf: bool


class Recorder(TorchFunctionMode):
    """Writes down every torch function the model calls, while it runs on meta tensors.

    Real tensors that meet a meta tensor (constants made in forward, weights a closure holds) are replaced by meta ones.
    """

    def __init__(self, module: nn.Module | None) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self.inputs: dict[str, TensorSpec] = {}
        self._words, self._constructors = vocabulary(), constructors()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._sources: dict[int, Source] = {}
        self._kept: list[Any] = []  # a tensor that is gone could lend its id to another
        self._shadows: dict[int, Tensor] = {}
        self._owners = [Owner("", _name(module), _is_stock(module), False) if module else Owner("", "", False, False)]
        self._thread = threading.get_ident()
        self._paths = {id(child): path for path, child in module.named_modules()} if module else {}
        self.tensors = list(_tensors(module)) if module else []
        for path, tensor, buffer in reversed(self.tensors):  # of several names, the first one stays
            self._name(tensor, Source("buffer" if buffer else "param", path))

    def declare_inputs(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """Meta tensors for the inputs, each named."""
        one = len(tensors_in((tuple(args), dict(kwargs)))) == 1
        names = iter(["input"] if one else _input_names(function, args, kwargs))

        def declare(tensor: Tensor) -> Tensor:
            name, meta = next(names), meta_like(tensor.detach())
            self.inputs[name] = spec_of(meta)
            self._name(meta, Source("input", name))
            return meta

        return tree_map_only(Tensor, declare, tuple(args)), tree_map_only(Tensor, declare, dict(kwargs))

    def run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Call it; whatever it raises becomes one line that names the layer."""
        try:
            with self:
                return function(*args, **kwargs)
        except ShapeError as error:
            raise error.at(self._owners[-1].path) from None
        except NetstatError:
            raise
        except Exception as error:
            place = self._failed_at or "forward"
            first_line = (str(error).strip() or "no message").splitlines()[0]
            raise ModelError(f"{place} raised {type(error).__name__}: {first_line}") from error

    @property
    def _failed_at(self) -> str:
        path = self._owners[-1].path
        return f"layer '{path}'" if path else "the model's forward"

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Follow which module is running, by global hooks, which leave the modules themselves alone."""
        handles = (
            torch_module.register_module_forward_pre_hook(self._enter),
            torch_module.register_module_forward_hook(self._leave),
        )
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, module: nn.Module, inputs: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        path = self._paths.get(id(module))
        if path is None:
            path = f"{self._owners[-1].path}.{_name(module)}".lstrip(".")
        self._owners.append(Owner(path, _name(module), _is_stock(module), not module._modules))

    def _leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        if threading.get_ident() == self._thread:
            self._owners.pop()

    def source(self, tensor: Tensor) -> Source:
        """Where a tensor came from; a constant if nothing recorded made it."""
        return self._sources.get(id(tensor), Source("constant"))

    def _name(self, tensor: Tensor, source: Source) -> None:
        self._sources[id(tensor)] = source
        self._kept.append(tensor)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        word = self._words.get(func)
        if word is None:
            return self._other(func, args, kwargs)
        args, kwargs = self._on_meta(args, kwargs)
        try:
            bound = {**word.operator.bind(args, kwargs), **word.implied}
        except TypeError:  # a spelling of the call our signature does not know
            return self._other(func, args, kwargs)
        arguments, attributes = self._split(word.operator, bound)
        shaped = partial(word.operator.shape, **named_specs(arguments), **attributes)
        if word.operator.name in SLOW_ON_META and bound["input"].is_floating_point():
            result = torch.empty(shaped()[0].shape, dtype=bound["input"].dtype, device="meta")
        else:
            result = self._run(func, args, kwargs, shaped)
        self._record(word.operator.name, arguments, word.operator.canonical(attributes), result)
        return result

    def _run(self, func: Any, args: Any, kwargs: Any, shaped: Callable[[], Any]) -> Any:
        """The real function. If it refuses, our own shape rule words the refusal better, where it refuses too."""
        try:
            return func(*args, **kwargs)
        except (RuntimeError, ValueError):
            shaped()
            raise

    def _split(self, operator: type[Operator], bound: Mapping[str, Any]) -> tuple[tuple[Argument, ...], dict[str, Any]]:
        """Tensors as arguments, the rest as attributes."""
        arguments: list[Argument] = []
        attributes: dict[str, Any] = {}
        for name, value in bound.items():
            if isinstance(value, Tensor):
                arguments.append(self._argument(name, value))
            elif name in operator.tensors and isinstance(value, (list, tuple)):
                arguments += (self._argument(f"{name}.{i}", tensor) for i, tensor in enumerate(value))
            elif not (name[0] == "_" or name == "out" or (value is None and name in operator.tensors)):
                attributes[name] = _plain(value)
        return tuple(arguments), attributes

    def _argument(self, name: str, tensor: Tensor) -> Argument:
        return Argument(name, spec_of(tensor), self.source(tensor))

    def _record(self, op: str, arguments: tuple[Argument, ...], attributes: dict[str, Any], result: Any) -> None:
        outputs = tensors_in(result)
        for i, output in enumerate(outputs):
            self._name(output, Source("node", node=len(self.nodes), output=i))
        owner = self._owners[-1]
        call = self._calls[owner.path, op]
        self._calls[owner.path, op] += 1
        specs = tuple(map(spec_of, outputs))
        self.nodes.append(Node(op, *owner, call, arguments, attributes, specs))

    def _other(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A function that is no operator of ours: harmless, or listed as uncounted."""
        if func in DEVICE_MOVES:
            return args[0]
        args, kwargs = self._on_meta(args, kwargs)
        given = tensors_in((args, kwargs))
        before = {id(tensor) for tensor in given}
        result = func(*args, **kwargs)
        made = tensors_in(result)
        if not made or not given or func in self._constructors:
            self._kept.append(result)
            return result
        if getattr(func, "__name__", "") == "__get__":
            for tensor in made:
                self._name(tensor, self.source(given[0]))
        elif not func.__name__.endswith("_") and all(id(tensor) in before for tensor in made):
            return result
        else:
            arguments = tuple(self._argument(f"{i}", tensor) for i, tensor in enumerate(given))
            self._record(_name_of(func), arguments, {}, result)
        return result

    def _on_meta(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """Where a meta tensor is among the arguments, the others on meta too."""
        on_meta = {tensor.is_meta for tensor in tensors_in((args, kwargs))}
        if len(on_meta) < 2:
            return args, kwargs
        return tree_map_only(Tensor, self._shadow, args), tree_map_only(Tensor, self._shadow, kwargs)

    def _shadow(self, tensor: Tensor) -> Tensor:
        if tensor.is_meta:
            return tensor
        if id(tensor) not in self._shadows:
            self._kept.append(tensor)
            self._shadows[id(tensor)] = meta_like(tensor.detach())
            self._name(self._shadows[id(tensor)], self.source(tensor))
        return self._shadows[id(tensor)]


def _name_of(func: Any) -> str:
    """A function's own name, with its module where the name alone would be an operator's."""
    name: str = func.__name__
    return f"{func.__module__}.{name}" if name in OPERATORS else name


def _is_stock(module: nn.Module) -> bool:
    return type(module).__module__.startswith("torch.nn.modules.")


def _input_names(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[str]:
    """A name per input tensor: the parameter's, with an index where the parameter holds several."""
    import inspect

    forward = function.forward if isinstance(function, nn.Module) else function
    parameters = list(inspect.signature(forward).parameters)
    names: list[str] = []
    for i, (name, value) in enumerate([*zip(_padded(parameters, len(args)), args, strict=False), *kwargs.items()]):
        tensors = tensors_in(value)
        name = name or f"input{i}"
        names += [name] if tensors == [value] or value is tensors else [f"{name}.{j}" for j in range(len(tensors))]
    return names


def _padded(names: list[str], length: int) -> list[str]:
    return names[:length] + [""] * (length - len(names))


def _plain(value: Any) -> Any:
    """An attribute without torch in it."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    if isinstance(value, (int, float, bool, str)) or value is None:
        return value
    return str(value).removeprefix("torch.")
