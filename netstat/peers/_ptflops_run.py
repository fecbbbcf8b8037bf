"""ptflops itself, with an eye on what it writes down and for which module."""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules import module as torch_module

from netstat.peers._paths import leaf_paths
from netstat.peers._peer import Figures


def by_name(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
    """As its documentation has it: a dict of inputs, so that it finds no batch to divide by."""
    return _counted(_Observed(module), {f"input_{i}": tensor for i, tensor in enumerate(inputs)})


def by_position(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
    """A tensor for an input, whose first size it divides by; the tool hands over no more than one.

    Per module it keeps what it has not yet divided; the model's own figure has the division in it.
    """
    first, *rest = inputs
    total, by_path, params = _counted(_Observed(module, rest), first)
    return Figures(total, {path: figure for path, figure in by_path.items() if path}, params)


def by_dispatcher(module: nn.Module, inputs: tuple[Tensor, ...]) -> Figures:
    """The counter of its aten backend, told of every module as it tells itself of the outermost ones: who is running.

    Only the innermost is told, so that no figure holds that of another.
    """
    from ptflops.aten_engine import FlopCounterMode
    from ptflops.pytorch_engine import get_model_parameters_number

    counter = FlopCounterMode()

    def moved(path: str | None) -> None:
        counter.parents[1:] = [f".{path}"]  # the first is the whole, "Global"

    with _following(module, moved), counter:
        module(*inputs)
    by_path = {path: sum(counter.flop_counts[f".{path}"].values()) for path, _ in module.named_modules()}
    return Figures(counter.complexity, by_path, get_model_parameters_number(module))


def _counted(model: "_Observed", handed: Any) -> Figures:
    import ptflops

    with redirect_stdout(io.StringIO()) as printed:
        total, params = ptflops.get_model_complexity_info(
            model, (1,), print_per_layer_stat=False, as_strings=False, input_constructor=lambda resolution: handed
        )
    if total is None:  # it prints what went wrong
        raise RuntimeError(printed.getvalue().strip().rpartition("\n")[2])
    return Figures(total, {path: int(figure) for path, figure in model.by_path.items()}, params)


class _Observed(nn.Module):
    """The model one level down, called by position however its inputs come.

    Attributes:
        by_path: per module of the model, what ptflops wrote down for it and for the functions its own forward called.
    """

    def __init__(self, module: nn.Module, rest: Sequence[Tensor] = ()) -> None:
        super().__init__()
        self.module = module
        self._rest = rest
        self._at: str | None = ""
        self._seen: Counter[str] = Counter()
        self.by_path: Counter[str] = Counter(dict.fromkeys(leaf_paths(module), 0))

    def forward(self, *first: Tensor, **named: Tensor) -> Any:
        with _following(self.module, self._moved):
            output = self.module(*first, *named.values(), *self._rest)
        paths = {id(child): path for path, child in self.module.named_modules()}
        for child in _added_up(self.module):
            self.by_path[paths[id(child)]] += child.__flops__
        return output

    def _moved(self, path: str | None) -> None:
        """What the replaced functions have written down since is that of the module that ran."""
        for kind, figures in _collected():
            if self._at is not None:
                self.by_path[self._at] += sum(figures[self._seen[kind] :])
            self._seen[kind] = len(figures)
        self._at = path


def _collected() -> Iterator[tuple[str, list[Any]]]:
    """The two lists that the replaced functions of torch write to."""
    replaced: dict[str, Any] = {"functional": torch.nn.functional.relu, "tensor": torch.matmul}
    return ((kind, function.collector) for kind, function in replaced.items())


def _added_up(module: nn.Module) -> Iterator[Any]:
    """The modules whose figures make up the total, as often as they do: down to the first with a hook."""
    if hasattr(module, "__flops__"):
        yield module
        return
    for child in module.children():
        yield from _added_up(child)


@contextmanager
def _following(module: nn.Module, moved: Callable[[str | None], None]) -> Iterator[None]:
    """Be told whose forward goes on, by its first path; None of a module that is no part of this one."""
    paths = {id(child): path for path, child in module.named_modules()}
    running: list[str | None] = [""]

    def enter(child: nn.Module, inputs: Any) -> None:
        running.append(paths.get(id(child)))
        moved(running[-1])

    def leave(child: nn.Module, inputs: Any, output: Any) -> None:
        running.pop()
        moved(running[-1])

    handles = (
        torch_module.register_module_forward_pre_hook(enter),
        torch_module.register_module_forward_hook(leave, always_call=True),
    )
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
