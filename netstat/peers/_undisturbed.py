"""A process that goes on as if a peer had never run in it."""

import io
import logging
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import torch


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing is printed, warned or logged; random generators, warning filters and logging come out as they went in."""
    with (
        redirect_stdout(io.StringIO()),
        redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        _logging_off(),
        _random_state_kept(),
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
def _random_state_kept() -> Iterator[None]:
    """The generators of torch (CPU: a peer runs nowhere else), Python and, where somebody uses it, numpy."""
    state = random.getstate()
    numpy = sys.modules.get("numpy")
    numpy_state = numpy.random.get_state() if numpy else None
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        random.setstate(state)
        if numpy:
            numpy.random.set_state(numpy_state)
