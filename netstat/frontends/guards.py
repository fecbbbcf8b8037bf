"""Running a user's code without a trace in the process."""

import gc
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def random_state_kept() -> Iterator[None]:
    """The global generators of torch (CPU), Python and, where somebody uses it, numpy come out as they went in."""
    numpy = sys.modules.get("numpy")
    state, numpy_state = random.getstate(), numpy.random.get_state() if numpy else None
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        random.setstate(state)
        if numpy:
            numpy.random.set_state(numpy_state)


@contextmanager
def quiet() -> Iterator[None]:
    """Advice that torch gives on building and running a model belongs to a run, not to a count."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage: of what a count makes nearly all is kept, and every search would go through all of it."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()
