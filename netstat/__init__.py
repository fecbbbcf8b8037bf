"""netstat: the model profiling and complexity calculator whose every number can be defended.

Importing this package loads neither torch nor numpy: the functions below come from their modules at first use.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from netstat.api import (
        benchmark,
        ceilings,
        compare,
        crosscheck,
        forecast,
        load,
        memory,
        pipeline,
        profile,
        published,
        stat,
    )
    from netstat.cost import Cost
    from netstat.graph import TensorSpec
    from netstat.ops.base import Operator, Product, operator, traffic

COMMANDS = (
    "benchmark",
    "ceilings",
    "compare",
    "crosscheck",
    "forecast",
    "load",
    "memory",
    "pipeline",
    "profile",
    "published",
    "stat",
)
HOMES = dict.fromkeys(COMMANDS, "netstat.api") | {
    "Cost": "netstat.cost",
    "Operator": "netstat.ops.base",
    "Product": "netstat.ops.base",
    "TensorSpec": "netstat.graph",
    "operator": "netstat.ops.base",
    "traffic": "netstat.ops.base",
}
__all__ = [
    "Cost",
    "Operator",
    "Product",
    "TensorSpec",
    "__version__",
    "benchmark",
    "ceilings",
    "compare",
    "crosscheck",
    "forecast",
    "load",
    "memory",
    "operator",
    "pipeline",
    "profile",
    "published",
    "stat",
    "traffic",
]


def __getattr__(name: str) -> object:
    if name in HOMES:
        from importlib import import_module

        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module 'netstat' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
