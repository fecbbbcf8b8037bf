"""One thread at a time, where what is the whole process's is changed for a while."""

import os
import threading
from contextlib import AbstractContextManager
from typing import Any

_lock = threading.RLock()


def alone() -> AbstractContextManager[Any]:
    """No other thread is in a context like this: the process has one state to go back to."""
    return _lock


def _unlocked() -> None:
    """In a copy of the process: the thread that holds the lock is not in it, and would never let go."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlocked)
