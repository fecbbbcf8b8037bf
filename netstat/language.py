"""The language that results are said in: English, unless somebody asks for another one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from netstat.errors import UsageError

LANGUAGES = ("en", "zh")
_spoken: ContextVar[str] = ContextVar("language", default="")


def language() -> str:
    """What was asked for by `speaking`, else by the environment variable NETSTAT_LANG, else English.

    Raises:
        UsageError: there is no such language.
    """
    name = _spoken.get() or os.environ.get("NETSTAT_LANG") or "en"
    if name not in LANGUAGES:
        raise UsageError(f"unknown language '{name}'; there is {', '.join(LANGUAGES)} (--lang, NETSTAT_LANG)")
    return name


@contextmanager
def speaking(name: str | None) -> Iterator[None]:
    """Results are said in this language meanwhile; None leaves it to the environment.

    Raises:
        UsageError: there is no such language.
    """
    before = _spoken.set(name or _spoken.get())
    try:
        language()
        yield
    finally:
        _spoken.reset(before)
