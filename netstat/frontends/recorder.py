"""Writing down what a model calls while it runs."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch._C._functorch import peek_interpreter_stack
from torch._ops import OpOverload, OpOverloadPacket
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map_only

from netstat.errors import ShapeError
from netstat.frontends.audit import Audit
from netstat.frontends.dispatched import name_of, word_of
from netstat.frontends.nesting import each_tensor
from netstat.frontends.opening import opened
from netstat.frontends.owners import NamedTensor, Owner, Owners, module_arguments, owner_of_parameter, tensors_of
from netstat.frontends.results import made
from netstat.frontends.specs import spec_of, tensors_in
from netstat.frontends.spelling import spelling
from netstat.frontends.stages import Stage
from netstat.frontends.vocabulary import DEVICE_MOVES, constructors, operator_of_module, vocabulary
from netstat.graph import Argument, Node, Source, TensorSpec
from netstat.ops.base import Operator, named_specs

LARGE = 65_536  # elements of a constant that is not made for real where its values are not needed

# Constructors as the dispatcher knows them.
CONSTRUCTED = frozenset(
    f"aten::{stem}_like" for stem in ("zeros", "ones", "empty", "full", "rand", "randn")
) | frozenset(f"aten::new_{stem}" for stem in ("zeros", "ones", "empty", "full", "empty_strided"))
# Where values leave torch for whatever is done to them elsewhere. A single number taken out by item() is no such way.
WAYS_OUT = frozenset({"numpy", "__array__", "tolist", "__dlpack__"})


class RefusalError(ShapeError, RuntimeError):
    """Our word for what torch would refuse with a RuntimeError, so that a model that expects one gets it."""


class Recorder(TorchFunctionMode):
    """Writes down every torch function that is called while it is active, and what reaches the dispatcher past them.

    Tensors that the run itself did not make (weights a closure holds) are replaced by ones of the stage, and so are
    constants made in forward when they meet such a tensor.

    Attributes:
        nodes: the calls, in order.
        inputs: the declared inputs by name.
        tensors: path, tensor and whether it is a buffer, of every parameter and buffer met.
        owners: which module is running.
    """

    def __init__(self, module: nn.Module | None, stage: Stage) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self.inputs: dict[str, TensorSpec] = {}
        self.tensors: list[NamedTensor] = []
        self._stage, self._audit = stage, Audit(self._called)
        self._words, self._constructors = vocabulary(), constructors()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._sources: dict[int, Source] = {}
        self._storages: set[int] = set()
        self._kept: list[Any] = []  # what is gone could lend its id to another
        self._born: set[int] = set()
        self._shadows: dict[int, tuple[int, Tensor]] = {}  # with the version it is a twin of
        self._opening: list[Any] = []
        self._spelled: tuple[str, ...] = ()  # of the functions being opened, and the call that is looked at
        self._whole: nn.Module | None = None  # the module whose whole forward is one operator, while it runs
        self.owners = Owners(module, self.adopt, self.nodes, self.source)
        if module:
            self.adopt(tensors_of(module))
            self._follow_wholes(module)

    def adopt(self, tensors: Iterable[NamedTensor]) -> None:
        """Know these parameters and buffers by name; of several names, the first one stays."""
        for path, tensor, buffer in tensors:
            self.tensors.append((path, tensor, buffer))
            if id(tensor) not in self._sources:
                self._name(tensor, Source("buffer" if buffer else "param", path))

    def declare_inputs(self, names: Sequence[str], args: Any, kwargs: Any) -> tuple[Any, dict[str, Any]]:
        """The inputs as tensors of the stage, each under its name."""
        left = iter(names)

        def declare(tensor: Tensor) -> Tensor:
            name, made = next(left), self._stage.like(tensor.detach())
            self.inputs[name] = spec_of(made)
            self._name(made, Source("input", name))
            return made

        return each_tensor(declare, tuple(args)), each_tensor(declare, dict(kwargs))

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Everything torch does in this context is written down."""
        with self._stage.active(), self.owners.watching(), self, self._audit:
            yield

    def _follow_wholes(self, module: nn.Module) -> None:
        """Be told when a module runs whose whole forward is one operator. It is a copy: its hooks are nobody else's."""
        for child in module.modules():
            if operator := operator_of_module(type(child)):
                child.register_forward_pre_hook(self._enter_whole, prepend=True)
                child.register_forward_hook(partial(self._leave_whole, operator), with_kwargs=True, always_call=True)

    def _enter_whole(self, module: nn.Module, args: Any) -> None:
        if self._whole is None:
            self._whole = module

    def _leave_whole(
        self, operator: type[Operator], module: nn.Module, args: Any, kwargs: Any, output: Any = None
    ) -> None:
        if self._whole is not module:
            return
        self._whole = None
        if output is not None:  # there is none after an exception
            arguments, attributes = self._split(operator, module_arguments(module, args, kwargs))
            attributes |= operator.of_module(module)
            outputs, owner = tensors_in(output), self.owners.of(module)
            self._record(operator.name, arguments, operator.canonical(attributes), outputs, owner)

    def source(self, tensor: Tensor) -> Source:
        """Where a tensor came from; a constant if nothing recorded made it."""
        return self._sources.get(id(tensor), Source("constant"))

    def _name(self, tensor: Tensor, source: Source) -> None:
        self._sources[id(tensor)] = source
        self._storages.add(_storage(tensor))
        self._kept.append(tensor)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if peek_interpreter_stack() is not None:  # a transform such as vmap: the dispatcher sees what it comes to
            return func(*args, **(kwargs or {}))
        listening, within = self._audit.listening, self._spelled
        taken_off = self._audit.pause()
        self._spelled = (*within, spelling(func, sys._getframe(1)))
        try:
            return self._called(func, args, kwargs or {})
        finally:
            self._spelled = within
            self._audit.resume(taken_off, listening)

    def _called(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A function of torch's, or an operator of the dispatcher's."""
        args, kwargs = self._staged(args, kwargs)
        if self._whole is not None:
            return func(*args, **kwargs)
        if func in DEVICE_MOVES:
            func, args, kwargs = _without_device(func, args, kwargs)
            if func is Tensor.to and args[1] == args[0].dtype:
                return args[0]
        if isinstance(func, (OpOverload, OpOverloadPacket)):
            word, named = word_of(func, args)
        else:
            word, named = self._words.get(func), args
        understood = word.understood(named, kwargs) if word else None
        return self._operator(func, args, kwargs, *understood) if understood else self._other(func, args, kwargs)

    def _operator(self, func: Any, args: Any, kwargs: Any, operator: type[Operator], bound: Mapping[str, Any]) -> Any:
        """A call of an operator of ours."""
        arguments, attributes = self._split(operator, bound)
        shaped = partial(_shape, operator, arguments, attributes)
        result = None
        if not self._stage.computes and "out" not in kwargs:
            result = made(self._stage, operator, attributes, bound, shaped)
        if result is None:
            result = self._run(func, args, kwargs, shaped)
        if operator.view and arguments and arguments[0].source.kind in ("param", "buffer"):
            return self._renamed(result, bound[arguments[0].name])  # a view of a weight is that weight
        outputs = [bound[arguments[0].name]] if result is None else tensors_in(result)  # `x[i] = y` returns nothing
        if operator.by_values:
            attributes |= operator.learned(tuple(map(spec_of, outputs)))
        self._record(operator.name, arguments, operator.canonical(attributes), outputs)
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
        return Argument(name, spec_of(tensor), self.source(tensor), _is_contiguous(tensor))

    def _record(
        self,
        op: str,
        arguments: tuple[Argument, ...],
        attributes: dict[str, Any],
        outputs: Sequence[Tensor],
        owner: Owner | None = None,
    ) -> None:
        known = len(self._storages)
        for i, output in enumerate(outputs):
            self._name(output, Source("node", node=len(self.nodes), output=i))
            if not self._stage.owns(output):
                self._born.add(id(output))
        fresh = len(self._storages) > known
        owner = owner or self._owner(arguments)
        call = self._calls[owner.path, op]
        self._calls[owner.path, op] += 1
        specs = tuple(map(spec_of, outputs))
        self.nodes.append(Node(op, *owner, call, arguments, attributes, specs, fresh, self._spelled))

    def _owner(self, arguments: tuple[Argument, ...]) -> Owner:
        """The module that is running; inside a scripted one, the one whose parameters are read."""
        if self.owners.scripted:
            read = next((argument.source.name for argument in arguments if argument.source.kind == "param"), None)
            return owner_of_parameter(read) if read else self.owners.current
        return self.owners.current

    def _other(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A function that is no operator of ours: opened, harmless, or listed as uncounted."""
        given = tensors_in(args) + tensors_in(kwargs) if kwargs else tensors_in(args)
        if not given or func in self._constructors or name_of(func) in CONSTRUCTED:
            return self._constant(func, args, kwargs)
        if getattr(func, "__name__", "") == "__get__":
            return self._renamed(func(*args, **kwargs), given[0])
        if (inside := opened(func)) and func not in self._opening:
            return self._open(inside, func, args, kwargs)
        return self._unknown(func, args, kwargs, given)

    def _constant(self, func: Any, args: Any, kwargs: Any) -> Any:
        """What is made from no tensor's values."""
        result = None if self._stage.computes else self._large_constant(func, args, kwargs)
        result = self._with_values(func, args, kwargs) if result is None else result
        self._kept.append(result)
        self._born.update(map(id, tensors_in(result)))
        return result

    def _with_values(self, func: Any, args: Any, kwargs: Any) -> Any:
        """A constant asked for on the meta device is made off it: the model may look at its values."""
        if self._stage.device == "meta" and str(kwargs.get("device")) == "meta" and func in self._constructors:
            kwargs = {**kwargs, "device": "cpu"}
        return func(*args, **kwargs)

    def _large_constant(self, func: Any, args: Any, kwargs: Any) -> Tensor | None:
        """A constant too large to make for its values' sake, None where it is small or made from something."""
        if func not in self._constructors or tensors_in(args) or isinstance(args[0] if args else None, list):
            return None
        try:
            made = func(*args, **{**kwargs, "device": "meta"})
        except (RuntimeError, TypeError, NotImplementedError):
            return None
        return self._stage.like(made) if made.numel() >= LARGE else None

    def _renamed(self, result: Any, origin: Tensor) -> Any:
        """A property: the tensors it gives are the one it was asked of."""
        for tensor in tensors_in(result):
            if tensor is not origin:
                self._name(tensor, self.source(origin))
        return result

    def _open(self, inside: Callable[..., Any], func: Any, args: Any, kwargs: Any) -> Any:
        """A function written in Python: what it calls is written down in its place."""
        self._opening.append(func)
        try:
            with self, self._audit.on():
                return inside(*args, **kwargs)
        finally:
            self._opening.remove(func)

    def _unknown(self, func: Any, args: Any, kwargs: Any, given: Sequence[Tensor]) -> Any:
        arguments = tuple(self._argument(f"{i}", tensor) for i, tensor in enumerate(given))
        versions = [_version(tensor) for tensor in given]
        result = func(*args, **kwargs)
        changed = (tensor for tensor, before in zip(given, versions, strict=True) if _version(tensor) != before)
        written = list({id(tensor): tensor for tensor in changed}.values())
        made = [tensor for tensor in tensors_in(result) if not any(tensor is other for other in given)]
        if isinstance(func, OpOverload) and func.is_view:
            return self._renamed(result, given[0])
        if made or written or name_of(func) in WAYS_OUT:
            self._record(name_of(func), arguments, {}, [*made, *written])
        return result

    def _staged(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """Arguments with foreign tensors on the stage; the run's own constants too where they meet one that is."""
        given = tensors_in(args) + tensors_in(kwargs) if kwargs else tensors_in(args)
        foreign = [tensor for tensor in given if self._is_foreign(tensor)]
        if not foreign or (len(foreign) == len(given) and self._are_constants(foreign)):
            return args, kwargs
        return tree_map_only(Tensor, self._shadow, args), tree_map_only(Tensor, self._shadow, kwargs)

    def _is_foreign(self, tensor: Tensor) -> bool:
        if self._stage.computes:  # everything real would do, but what the run did not make is somebody's
            return id(tensor) not in self._sources and id(tensor) not in self._born
        return not self._stage.owns(tensor)

    def _shadow(self, tensor: Tensor) -> Tensor:
        if not self._is_foreign(tensor):
            return tensor
        version, twin = self._shadows.get(id(tensor), (-1, tensor))
        if version != _version(tensor):
            twin = self._stage.like(tensor.detach())
            self._kept.append(tensor)
            self._shadows[id(tensor)] = _version(tensor), twin
            self._name(twin, self.source(tensor))
        return twin

    def _are_constants(self, tensors: Iterable[Tensor]) -> bool:
        """Whether the run made all of these itself, and none has a twin on the stage that was written to since."""
        return all(id(tensor) in self._born and not self._is_overwritten(tensor) for tensor in tensors)

    def _is_overwritten(self, tensor: Tensor) -> bool:
        twin = self._shadows.get(id(tensor))
        return twin is not None and _version(twin[1]) > 0


def _shape(operator: type[Operator], arguments: tuple[Argument, ...], attributes: Mapping[str, Any]) -> Any:
    try:
        return operator.shape(**named_specs(arguments), **attributes)
    except ShapeError as error:
        raise RefusalError(error.message, too_small=error.too_small) from None


def _storage(tensor: Tensor) -> int:
    """What two tensors that share memory have in common; the tensor itself where there is no storage to ask."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError, ValueError):
        return id(tensor)


def _is_contiguous(tensor: Tensor) -> bool:
    """Sparse and nested tensors have no order to ask for."""
    return tensor.layout is not torch.strided or tensor.is_nested or tensor.is_contiguous()


def _version(tensor: Tensor) -> int:
    """How often a tensor was written to; tensors of inference mode do not say."""
    return 0 if tensor.is_inference() else tensor._version


def _without_device(func: Any, args: Any, kwargs: Any) -> tuple[Any, Any, Any]:
    """The dtype part of a move: there is nowhere to go."""
    wanted = [*args[1:], *kwargs.values()]
    dtypes = [item.dtype if isinstance(item, Tensor) else item for item in wanted]
    dtype = next((item for item in dtypes if isinstance(item, torch.dtype)), args[0].dtype)
    if kwargs.get("copy") and dtype == args[0].dtype:
        return Tensor.clone, args[:1], {}
    return Tensor.to, (args[0], dtype), {}


def _plain(value: Any) -> Any:
    """An attribute without torch in it."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    if isinstance(value, (int, float, bool, str)) or value is None:
        return value
    return str(value).removeprefix("torch.")
