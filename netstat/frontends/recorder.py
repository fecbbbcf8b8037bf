"""Writing down what a model calls while it runs on meta tensors."""

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch._C._functorch import peek_interpreter_stack
from torch.nn.modules import module as torch_module
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map_only

from netstat.errors import ShapeError
from netstat.frontends.shadow import meta_like
from netstat.frontends.vocabulary import DEVICE_MOVES, constructors, vocabulary
from netstat.graph import Argument, Node, Source, TensorSpec
from netstat.ops.base import OPERATORS, Operator, named_specs

# Torch works these out in Python on the meta device, which takes longer than everything else together. Their shape
# rules are compared with torch's in the tests, refusals included.
SLOW_ON_META = frozenset(
    {"batch_norm", "linear", "conv1d", "conv2d", "conv3d", "max_pool1d", "max_pool2d", "max_pool3d"}
)
LARGEST_CONSTANT = 2**20  # values of a tensor made in forward that is kept with its values


class RefusalError(ShapeError, RuntimeError):
    """Our word for what torch would refuse with a RuntimeError, so that a model that expects one gets it."""


class Owner(NamedTuple):
    """The module whose forward is running."""

    path: str
    module: str
    stock: bool
    leaf: bool


class Recorder(TorchFunctionMode):
    """Writes down every torch function that is called while it is active.

    Real tensors that the run itself did not make (weights a closure holds) are replaced by meta ones, and so are
    constants made in forward when they meet a meta tensor.

    Attributes:
        nodes: the calls, in order.
        inputs: the declared inputs by name.
        tensors: path, tensor and whether it is a buffer, of every parameter and buffer met.
        training: whether a module that is none of ours ran in training mode.
    """

    def __init__(self, module: nn.Module | None) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self.inputs: dict[str, TensorSpec] = {}
        self.tensors: list[tuple[str, Tensor, bool]] = []
        self.training = False
        self._words, self._constructors = vocabulary(), constructors()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._sources: dict[int, Source] = {}
        self._storages: set[int] = set()
        self._kept: list[Any] = []  # what is gone could lend its id to another
        self._born: set[int] = set()
        self._shadows: dict[int, tuple[int, Tensor]] = {}
        self._failures: dict[int, str] = {}
        self._thread = threading.get_ident()
        self._owners = [_owner(module, "", leaf=False) if module else Owner("", "", False, False)]
        self._known = {id(child): _owner(child, path) for path, child in module.named_modules()} if module else {}
        if module:
            self._adopt(tensors_of(module))

    def _adopt(self, tensors: Iterable[tuple[str, Tensor, bool]]) -> None:
        """Know these parameters and buffers by name; of several names, the first one stays."""
        for path, tensor, buffer in tensors:
            self.tensors.append((path, tensor, buffer))
            if id(tensor) not in self._sources:
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

    def place_of(self, error: BaseException) -> str:
        """Path of the innermost module that `error` came through."""
        return self._failures.get(id(error), "")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Follow which module is running, by global hooks, which leave the modules themselves alone."""
        handles = (
            torch_module.register_module_forward_pre_hook(self._enter),
            torch_module.register_module_forward_hook(self._leave, always_call=True),
        )
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, module: nn.Module, inputs: Any) -> None:
        if threading.get_ident() == self._thread:
            self._owners.append(self._known.get(id(module)) or self._foreign(module))

    def _foreign(self, module: nn.Module) -> Owner:
        """A module that came in by a closure: its path is its class, told apart by number."""
        stem = f"{self._owners[-1].path}.{type(module).__name__}".lstrip(".")
        taken = {owner.path for owner in self._known.values()}
        path = next(name for name in (stem, *(f"{stem}_{i}" for i in range(1, len(taken) + 2))) if name not in taken)
        self._known[id(module)] = _owner(module, path)
        self._kept.append(module)
        own = ((module._parameters, False), (module._buffers, True))
        self._adopt((f"{path}.{n}", t, buffer) for held, buffer in own for n, t in held.items() if t is not None)
        self.training |= module.training
        return self._known[id(module)]

    def _leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        if threading.get_ident() == self._thread:
            owner, error = self._owners.pop(), sys.exc_info()[1]
            if error is not None:
                self._failures.setdefault(id(error), owner.path)

    def source(self, tensor: Tensor) -> Source:
        """Where a tensor came from; a constant if nothing recorded made it."""
        return self._sources.get(id(tensor), Source("constant"))

    def _name(self, tensor: Tensor, source: Source) -> None:
        self._sources[id(tensor)] = source
        self._storages.add(_storage(tensor))
        self._kept.append(tensor)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        args, kwargs = self._on_meta(args, kwargs or {})
        word = self._words.get(func)
        if word is None or peek_interpreter_stack() is not None:  # under vmap a tensor hides a dimension
            return self._other(func, args, kwargs)
        try:
            bound = {**word.operator.bind(args, kwargs), **word.implied}
        except TypeError:  # a spelling of the call our signature does not know
            return self._other(func, args, kwargs)
        arguments, attributes = self._split(word.operator, bound)
        shaped = partial(_shape, word.operator, arguments, attributes)
        if _known_by_rule(word.operator, arguments, attributes):
            result = torch.empty(shaped()[0].shape, dtype=bound["input"].dtype, device="meta")
        else:
            result = self._run(func, args, kwargs, shaped)
        self._record(word.operator.name, arguments, word.operator.canonical(attributes), tensors_in(result))
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

    def _record(
        self, op: str, arguments: tuple[Argument, ...], attributes: dict[str, Any], outputs: Sequence[Tensor]
    ) -> None:
        known = len(self._storages)
        for i, output in enumerate(outputs):
            self._name(output, Source("node", node=len(self.nodes), output=i))
            if not output.is_meta:
                self._born.add(id(output))
        fresh = len(self._storages) > known
        owner = self._owners[-1]
        call = self._calls[owner.path, op]
        self._calls[owner.path, op] += 1
        specs = tuple(map(spec_of, outputs))
        self.nodes.append(Node(op, *owner, call, arguments, attributes, specs, fresh))

    def _other(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A function that is no operator of ours: harmless, or listed as uncounted."""
        if func in DEVICE_MOVES:
            func, args, kwargs = _without_device(func, args, kwargs)
        given = tensors_in((args, kwargs))
        arguments = tuple(self._argument(f"{i}", tensor) for i, tensor in enumerate(given))
        versions = [_version(tensor) for tensor in given]
        result = func(*args, **kwargs)
        if func in self._constructors:
            result = _with_values(func, args, kwargs, result)
        changed = (tensor for tensor, before in zip(given, versions, strict=True) if _version(tensor) != before)
        written = list({id(tensor): tensor for tensor in changed}.values())
        made = [tensor for tensor in tensors_in(result) if not any(tensor is other for other in given)]
        if not given or func in self._constructors:
            self._kept.append(result)
            self._born.update(map(id, made))
        elif func.__name__ == "__get__":
            for tensor in made:
                self._name(tensor, self.source(given[0]))
        elif made or written:
            self._record(_name_of(func), arguments, {}, [*made, *written])
        return result

    def _on_meta(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """Arguments with foreign tensors on meta; the run's own constants too where they meet a meta tensor."""
        given = tensors_in(args) + tensors_in(kwargs) if kwargs else tensors_in(args)
        real = [tensor for tensor in given if not tensor.is_meta]
        stays = self._born - self._overwritten()
        if not real or (len(real) == len(given) and all(id(tensor) in stays for tensor in real)):
            return args, kwargs
        return tree_map_only(Tensor, self._shadow, args), tree_map_only(Tensor, self._shadow, kwargs)

    def _overwritten(self) -> set[int]:
        """Constants whose meta twin was written to, so that their own values are not what the model has."""
        return {key for key, (_, twin) in self._shadows.items() if _version(twin)}

    def _shadow(self, tensor: Tensor) -> Tensor:
        if tensor.is_meta:
            return tensor
        version, twin = self._shadows.get(id(tensor), (-1, tensor))
        if version != _version(tensor):
            version, twin = _version(tensor), meta_like(tensor.detach())
            self._kept.append(tensor)
            self._shadows[id(tensor)] = version, twin
            self._name(twin, self.source(tensor))
        return twin


def tensors_of(module: nn.Module) -> Iterator[tuple[str, Tensor, bool]]:
    """Path, tensor, whether a buffer: all parameters in torch's order, then all buffers, under all their names."""
    modules = list(module.named_modules(remove_duplicate=False))
    for buffer in (False, True):
        for prefix, child in modules:
            for name, tensor in (child._buffers if buffer else child._parameters).items():
                if tensor is not None:
                    yield f"{prefix}.{name}" if prefix else name, tensor, buffer


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


def _shape(operator: type[Operator], arguments: tuple[Argument, ...], attributes: Mapping[str, Any]) -> Any:
    try:
        return operator.shape(**named_specs(arguments), **attributes)
    except ShapeError as error:
        raise RefusalError(error.message, too_small=error.too_small) from None


def _known_by_rule(operator: type[Operator], arguments: Sequence[Argument], attributes: Mapping[str, Any]) -> bool:
    """Whether the result is made without torch, which is slow there: one floating-point dtype, nothing unusual."""
    if operator.name not in SLOW_ON_META or isinstance(attributes.get("padding"), str):
        return False
    if attributes.get("return_indices"):
        return False
    dtypes = {argument.spec.dtype for argument in arguments}
    return len(dtypes) == 1 and "float" in dtypes.pop()


def _storage(tensor: Tensor) -> int:
    """What two tensors that share memory have in common; the tensor itself where there is no storage to ask."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):
        return id(tensor)


def _version(tensor: Tensor) -> int:
    """How often a tensor was written to; tensors of inference mode do not say."""
    return 0 if tensor.is_inference() else tensor._version


def _with_values(func: Any, args: Any, kwargs: Any, made: Any) -> Any:
    """A small constant made on the meta device, off it: the model may look at its values."""
    if isinstance(made, Tensor) and made.is_meta and kwargs.get("device") and made.numel() <= LARGEST_CONSTANT:
        return func(*args, **{**kwargs, "device": "cpu"})
    return made


def _without_device(func: Any, args: Any, kwargs: Any) -> tuple[Any, Any, Any]:
    """The dtype part of a move: on meta there is nowhere to go."""
    wanted = [*args[1:], *kwargs.values()]
    dtypes = [item.dtype if isinstance(item, Tensor) else item for item in wanted]
    dtype = next((item for item in dtypes if isinstance(item, torch.dtype)), args[0].dtype)
    return Tensor.to, (args[0], dtype), {}


def _name_of(func: Any) -> str:
    """A function's own name, with its module where the name alone would be an operator's."""
    name: str = func.__name__
    return f"{getattr(func, '__module__', 'torch')}.{name}" if name in OPERATORS else name


def _owner(module: nn.Module, path: str, leaf: bool | None = None) -> Owner:
    stock = type(module).__module__.startswith("torch.nn.modules.")
    return Owner(path, type(module).__name__, stock, not module._modules if leaf is None else leaf)


def _input_names(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[str]:
    """A name per input tensor: the parameter's, with an index where the parameter holds several."""
    import inspect

    try:
        parameters = list(
            inspect.signature(function.forward if isinstance(function, nn.Module) else function).parameters
        )
    except ValueError:  # written in C
        parameters = []
    names: list[str] = []
    for i, (name, value) in enumerate([*zip(_padded(parameters, len(args)), args, strict=False), *kwargs.items()]):
        tensors = tensors_in(value)
        name = name or f"input{i}"
        names += [name] if tensors == [value] or value is tensors else [f"{name}.{j}" for j in range(len(tensors))]
    return names


def _padded(names: list[str], length: int) -> list[str]:
    return [*names[:length], *[""] * (length - len(names))]


def _plain(value: Any) -> Any:
    """An attribute without torch in it."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    if isinstance(value, (int, float, bool, str)) or value is None:
        return value
    return str(value).removeprefix("torch.")
