"""What an operator is: one class with its equation, shape rule, parameter rule and elementary operations."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple, TypeVar

from netstat.cost import ZERO, Cost
from netstat.errors import ModelError, ShapeError, said
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size
from netstat.ops.sight import Sight
from netstat.registry import Registry

Specs = tuple[TensorSpec, ...]


# Names numpy users may give torch's parameters.
ALIASES = {"axis": "dim", "axis0": "dim0", "axis1": "dim1", "keepdims": "keepdim"}


class Product(NamedTuple):
    """The multiply-accumulates in which values of two sides meet.

    The gradient of a sum of products takes one multiply-accumulate per product for each side that wants one: from
    y += w·x follow dx += w·dy and dw += x·dy.

    Attributes:
        macs: how many.
        left, right: names of the tensor arguments the values of each side are made of. A side made of several, such as
            the scores of an attention, wants a gradient where one of them does.
    """

    macs: int
    left: tuple[str, ...]
    right: tuple[str, ...]


class Operator:
    """One operator: `shape` and `cost` have the signature of the torch function, with `TensorSpec`s for tensors.

    A subclass states its equation in the docstring, letters defined on the first line.

    Attributes:
        name: how netstat calls it ("conv2d").
        torch: dotted names of the functions and methods that are this operator: torch's, any library's that lets torch
            take calls over, or `torch.ops.LIBRARY.NAME`.
        modules: dotted names of module classes whose whole forward is this operator, subclasses included. Its arguments
            are those of forward, and the module's parameters and buffers under their names, dots as underscores.
        tensors: the parameters of the signature that take tensors, in the order of the signature.
        family: what kind of layer it is, for sums by kind.
        free: whether it does no arithmetic, by declaration.
        view: whether its output shares the memory of its input.
        letters: patterns of letters for its tensors and numbers, as `analysis.lettering` reads them, for explanations.
        meanings: what letters mean to it, where that is not what they mean elsewhere (`analysis.meanings`).
        by_values: whether its output is as large as the values say; `learned` reads that off the result. Of two
            operators of one function it is the second that is tried.
    """

    name: ClassVar[str]
    torch: ClassVar[tuple[str, ...]] = ()
    modules: ClassVar[tuple[str, ...]] = ()
    tensors: ClassVar[tuple[str, ...]] = ("input",)
    family: ClassVar[str] = "other"
    free: ClassVar[bool] = False
    view: ClassVar[bool] = False
    letters: ClassVar[Mapping[str, str]] = {}
    meanings: ClassVar[Mapping[str, str]] = {}
    by_values: ClassVar[bool] = False

    shape: ClassVar[Callable[..., Specs]]
    cost: ClassVar[Callable[..., Cost]]

    @classmethod
    def of_module(cls, module: Any) -> dict[str, Any]:
        """Attributes of a module of one of the `modules` classes, as `shape` and `cost` take them."""
        return {}

    @classmethod
    def learned(cls, outputs: Specs) -> dict[str, Any]:
        """Attributes that only the result tells: how many values a mask held."""
        return {}

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        """Attributes in their one spelling (kernel_size=3 -> (3, 3)), so that equal calls have equal attributes."""
        return attributes

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a torch call by name, defaults filled in.

        Raises:
            TypeError: the call does not fit the signature.
        """
        kwargs = {ALIASES.get(name, name): value for name, value in kwargs.items()}
        names, defaults = signature(cls)  # type: ignore[arg-type]  # a class is hashable
        if len(args) > len(names) or not kwargs.keys() <= defaults.keys():
            raise TypeError(f"{cls.name} does not take these arguments")
        return {**defaults, **dict(zip(names, args, strict=False)), **kwargs}

    @classmethod
    def products(cls, *args: Any, **kwargs: Any) -> tuple[Product, ...]:
        """Its multiply-accumulates by what meets in them; takes what `cost` takes. Their sum is the cost's `macs`."""
        macs = cls.cost(*args, **kwargs).macs
        return (Product(macs, cls.tensors[:1], cls.tensors[1:2]),) if macs else ()

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        """What values of the first output see of `operand`, one of the node's tensors; None where nobody says."""
        return None

    @classmethod
    def makes_tensor(cls, **attributes: Any) -> bool:
        """Whether the output takes memory of its own."""
        return not (cls.view or attributes.get("inplace", False))


@cache
def signature(operator: "type[Operator]") -> tuple[tuple[str, ...], dict[str, Any]]:
    """Names of the parameters of an operator, and their defaults (None for the ones it requires)."""
    parameters = inspect.signature(operator.shape).parameters.values()
    return (
        tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD),
        {p.name: None if p.default is p.empty else p.default for p in parameters},
    )


# What no built-in model needs is imported when it is asked for.
FURTHER = (
    "activations",
    "added_products",
    "arranging",
    "attention",
    "casting",
    "cells",
    "chains",
    "channel_norms",
    "class_losses",
    "combinations",
    "comparisons",
    "complex_numbers",
    "detection",
    "distances",
    "einsum",
    "elementwise",
    "expanding",
    "extremes",
    "filling",
    "folding",
    "fourier",
    "functions",
    "gridding",
    "indexing",
    "joining",
    "losses",
    "magnitudes",
    "matrices",
    "norms",
    "placing",
    "rectifiers",
    "recurrent",
    "reductions",
    "regions",
    "resampling",
    "rounding",
    "scans",
    "selecting",
    "scattering",
    "slicing",
    "sorting",
    "spectra",
    "splitting",
    "transposed",
    "unpooling",
    "views",
    "weights",
)
OPERATORS: Registry[type[Operator]] = Registry(
    "operator", modules=tuple(f"netstat.ops.{name}" for name in FURTHER), entry_points="netstat.operators"
)
Kind = TypeVar("Kind", bound=type[Operator])


def operator(kind: Kind) -> Kind:
    """Class decorator: register an operator under its name, for every profile from then on.

    Args:
        kind: a subclass of `Operator`; run again from the same file, it takes the place of what it was.

    Raises:
        ValueError: another operator has the name.
    """
    OPERATORS.add(kind.name)(kind)
    return kind


def spellings(*names: str) -> tuple[str, ...]:
    """Where torch may have a function: in torch and its namespaces, as a method, in place.

    Not every place has every function; capture looks up which are there.
    """
    homes = ("torch", "torch.Tensor", "torch.nn.functional", "torch.special", "torch._C._nn")
    return tuple(f"{home}.{name}{tail}" for name in names for home in homes for tail in ("", "_"))


def traffic(read: Iterable[TensorSpec | None], written: Iterable[TensorSpec]) -> dict[str, Size]:
    """Minimum memory traffic: each tensor read once, each output written once.

    Args:
        read: the input tensors, None for one that was left out (no bias).
        written: the output tensors that are new or overwritten; none for a view.

    Returns:
        `bytes_read` and `bytes_written`, as `Cost` takes them.
    """
    return {
        "bytes_read": sum(spec.nbytes for spec in read if spec is not None),
        "bytes_written": sum(spec.nbytes for spec in written),
    }


def node_cost(node: Node) -> Cost | None:
    """Cost of one node by its operator's formula; None where it has none.

    A tensor handed in twice (`x * x`) is read once.
    """
    if node.op not in OPERATORS:
        return None
    kind = OPERATORS[node.op]
    if kind.free and kind.view:
        return ZERO
    cost = _formula(kind, node)
    repeated = _repeated_bytes(node)
    return cost + Cost(bytes_read=-repeated) if repeated and cost.bytes_read else cost


def _formula(kind: type[Operator], node: Node) -> Cost:
    """What the operator's own formula says.

    Raises:
        ModelError: it is a user's formula, and fails.
    """
    try:
        return kind.cost(**named_specs(node.arguments), **node.attributes)
    except Exception as error:
        if kind.__module__.startswith("netstat."):
            raise
        raise ModelError(f"the formula of your operator '{kind.name}' raised {said(error)}") from error


def named_specs(arguments: Iterable[Argument]) -> dict[str, Any]:
    """Tensor arguments by name; `tensors.0`, `tensors.1` together as one list."""
    named: dict[str, Any] = {}
    for argument in arguments:
        name, _, index = argument.name.partition(".")
        if index:
            named.setdefault(name, []).append(argument.spec)
        else:
            named[name] = argument.spec
    return named


def _repeated_bytes(node: Node) -> int:
    """Bytes of tensors that were handed in before, under another argument's name."""
    found = [argument for argument in node.arguments if argument.source.kind != "constant"]
    if len(found) < 2:
        return 0
    distinct = {argument.source: argument.spec.nbytes for argument in found}
    return sum(argument.spec.nbytes for argument in found) - sum(distinct.values())


def refuse_rank(input: TensorSpec, ranks: tuple[int, ...], wants: str) -> None:
    """Raise ShapeError unless the input has one of the ranks; `wants` names the expected layout."""
    if len(input.shape) not in ranks:
        raise ShapeError(f"needs a {wants} input, got {len(input.shape)} dimensions: {_sizes(input)}")


def _sizes(input: TensorSpec) -> str:
    from netstat.units import shape

    return shape(input.shape)
