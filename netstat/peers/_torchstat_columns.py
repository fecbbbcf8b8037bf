"""Running torchstat: both of its columns come from one run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from netstat.peers._peer import Figures

if TYPE_CHECKING:
    from torch import Tensor, nn


def column(name: str, module: "nn.Module", inputs: "tuple[Tensor, ...]") -> Figures:
    """What stands in the column `name`, module by module. Its report is not asked for, which needs pandas before 2.

    It makes up an input itself, of one sample: what it is given to run ignores that, and hands on ours.
    """
    from torch import nn
    from torchstat import ModelHook

    class Run(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = module

        def forward(self, _: "Tensor") -> object:
            return self.model(*inputs)

    with _classes_restored(module):
        leaves = ModelHook(Run(), ()).retrieve_leaf_modules()
    by_path = {path.removeprefix("model").removeprefix("."): leaf for path, leaf in leaves.items()}
    figures = {path: int(getattr(leaf, name)) for path, leaf in by_path.items()}
    params = sum(int(leaf.parameter_quantity) for leaf in leaves.values())
    return Figures(sum(figures.values()), figures, params)


@contextmanager
def _classes_restored(module: "nn.Module") -> Iterator[None]:
    """It replaces `__call__` of the classes themselves, for whoever calls one of them next."""
    kinds = {type(child): vars(type(child)).get("__call__") for child in module.modules()}
    try:
        yield
    finally:
        for kind, own in kinds.items():
            if own is not None:
                kind.__call__ = own  # type: ignore[method-assign]
            elif "__call__" in vars(kind):
                del kind.__call__
