"""netstat: the model profiling and complexity calculator whose every number can be defended.

Importing this package loads neither torch nor numpy: the functions below come from `netstat.api` at first use.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from netstat.api import benchmark, compare, crosscheck, load, profile, stat

__all__ = ["__version__", "benchmark", "compare", "crosscheck", "load", "profile", "stat"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from netstat import api

        return getattr(api, name)
    raise AttributeError(f"module 'netstat' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
