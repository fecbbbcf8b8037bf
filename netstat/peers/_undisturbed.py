"""A process that goes on as if a peer had never run in it."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from netstat.frontends.guards import random_state_kept
from netstat.peers._alone import alone


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing is printed, warned or logged; random generators, warning filters and logging come out as they went in."""
    with (
        alone(),
        redirect_stdout(io.StringIO()),
        redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        _logging_off(),
        _layers_unfused(),
        random_state_kept(),
    ):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _logging_off() -> Iterator[None]:
    """No record gets through, and the handler that `logging.warning` gives a root logger without one is taken off."""
    threshold, handlers = logging.root.manager.disable, logging.root.handlers[:]
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(threshold)
        logging.root.handlers[:] = handlers


@contextmanager
def _layers_unfused() -> Iterator[None]:
    """Attention and encoder layers of torch.nn run what their forward says, not the one kernel that may stand for it.

    Torch takes that kernel, which no counter knows, where no gradient is wanted and nothing looks on: with it a figure
    would hang on who counts, and not on the model.
    """
    from torch.backends import mha

    enabled = mha.get_fastpath_enabled()
    mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        mha.set_fastpath_enabled(enabled)
