"""Torch modules in fully convolutional form: a copy with convolutions for linear layers, and the same weights."""

from collections.abc import Callable
from importlib import import_module
from inspect import ismodule
from typing import Any

import torch
from torch import Tensor, fx, nn

from netstat.errors import ModelError, NetstatError, said
from netstat.frontends.fully_convolutional import NO_FORM, Shape
from netstat.frontends.head import POOLS, Head
from netstat.frontends.shadow import shadow
from netstat.units import shape as shape_text

OPENED = (nn.Linear, nn.Flatten, *POOLS)  # a module that holds none of these stays whole


def fully_convolutional(module: nn.Module, input_shape: Shape, *, native: bool = True) -> nn.Module:
    """`module`, which is the caller's to give away, with convolutions for the linear layers behind its flatten.

    Paths and values of parameters stay; weights (O, C·h·w) are seen as (O, C, h, w). Adaptive pooling before the
    flatten goes where it does nothing; pooling to one position becomes a window that slides.

    Args:
        module: takes one tensor of images; dropout as functions is in the mode it is in now.
        input_shape: (channels, height, width) at which its forward is followed, without values.
        native: whether that is the size it is made for; if not, what a linear layer takes is square, and pooling to a
            size does nothing at the one it is made for.

    Raises:
        ModelError: there is no such form; says what stands in the way.
    """
    outline = shadow(module, lambda tensor: tensor.detach().to("meta"))
    head = Head(_traced(outline), native=native)
    _follow(head.run, input_shape, outline)
    head.rewrite()
    _check_that_it_slides(_rebuilt(shadow(outline, Tensor.detach), head), input_shape, outline)
    return _rebuilt(module, head)


class _Tracer(fx.Tracer):
    """Goes into modules that hold something of what changes, and leaves the others whole."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        own = super().is_leaf_module(m, module_qualified_name)
        return own or not any(isinstance(part, OPENED) for part in m.modules())


def _traced(outline: nn.Module) -> fx.GraphModule:
    try:
        return fx.GraphModule(outline, _Tracer().trace(outline))
    except Exception as error:  # whatever a user's forward raises on a stand-in
        raise ModelError(f"{NO_FORM} that netstat can find: its forward cannot be traced ({said(error)})") from error


def _follow(run: Callable[[Tensor], Any], input_shape: Shape, outline: nn.Module) -> Any:
    """What `run` makes of a batch of two."""
    floats = (parameter.dtype for parameter in outline.parameters() if parameter.dtype.is_floating_point)
    try:
        with torch.no_grad():
            return run(torch.empty(2, *input_shape, dtype=next(floats, torch.float32), device="meta"))
    except NetstatError:
        raise
    except Exception as error:
        place = shape_text(input_shape)
        raise ModelError(f"{NO_FORM} that netstat can find: its forward raised {said(error)} at {place}") from error


def _check_that_it_slides(made: nn.Module, input_shape: Shape, outline: nn.Module) -> None:
    """Refuse a form that gives one position however large the input is: something hidden pools to a fixed size."""
    channels, height, width = input_shape
    output = _follow(made, (channels, 2 * height, 2 * width), outline)
    if not isinstance(output, Tensor) or output.dim() != 4 or min(output.shape[2:]) < 2:
        raise ModelError(f"{NO_FORM} that netstat can find: something before its linear layers pools to a fixed size")


class FullyConvolutional(nn.Module):
    """The layers of a module, run by what is left of its forward. Can be pickled, for other processes to time it."""

    def __init__(self, layers: nn.Module, graph: fx.Graph) -> None:
        super().__init__()
        self.__dict__.update(layers.__dict__)
        written = graph.python_code("self")
        self._source = written.src
        self._imported = {name: value.__name__ for name, value in written.globals.items() if ismodule(value)}
        self._named = {name: value for name, value in written.globals.items() if not ismodule(value)}
        self._code: Callable[..., Any] | None = None

    def forward(self, images: Tensor) -> Any:
        """Scores (N, K, h, w) of images (N, C, H, W)."""
        if self._code is None:
            names = self._named | {name: import_module(module) for name, module in self._imported.items()}
            exec(self._source, names)  # what torch.fx wrote of the user's own forward
            self._code = names["forward"]
        return self._code(self, images)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_code": None}


def _rebuilt(module: nn.Module, head: Head) -> nn.Module:
    """The rewritten forward on a module's own layers, those replaced that have to be, those gone that do nothing."""
    for path, shape in head.convolutions.items():
        module.set_submodule(path, _convolution(module.get_submodule(path), shape))
    for path, size in head.pools.items():
        pool = module.get_submodule(path)
        module.set_submodule(path, POOLS[type(pool)](size, stride=1))
    for path in head.unused:
        parent, _, name = path.rpartition(".")
        delattr(module.get_submodule(parent), name)
    return FullyConvolutional(module, head.graph)


def _convolution(linear: Any, shape: tuple[int, ...]) -> nn.Conv2d:
    """A convolution with the weights of a linear layer, seen in another shape."""
    outs, channels, *kernel = shape
    made = nn.Conv2d(channels, outs, (kernel[0], kernel[1]), bias=linear.bias is not None, device="meta")
    made.weight = nn.Parameter(linear.weight.detach().view(shape), requires_grad=linear.weight.requires_grad)
    made.bias = linear.bias
    return made.train(linear.training)
