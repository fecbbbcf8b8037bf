"""A time limit within the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any


class OverrunError(Exception):
    """A time limit has passed."""


@contextmanager
def deadline(limit: float) -> Iterator[None]:
    """From `limit` seconds on, the next call of a module raises. Between two calls nothing can be stopped.

    Raises:
        OverrunError: one did, whatever was made of that error within.
    """
    from torch.nn.modules.module import register_module_forward_pre_hook

    end, overran = monotonic() + limit, False

    def check(module: Any, inputs: Any) -> None:
        nonlocal overran
        if monotonic() > end:
            overran = True
            raise OverrunError

    hook = register_module_forward_pre_hook(check)
    try:
        yield
    except Exception as error:
        if overran:
            raise OverrunError from error
        raise
    finally:
        hook.remove()
    if overran:
        raise OverrunError
