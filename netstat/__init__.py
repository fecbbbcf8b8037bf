"""netstat: the model profiling and complexity calculator whose every number can be defended.

Importing this package loads neither torch nor numpy: the functions below come from their modules at first use.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from netstat.api.activations import activations
    from netstat.api.badges import badge
    from netstat.api.checking import check
    from netstat.api.converting import fully_convolutional
    from netstat.api.counting import compare, crosscheck, load, profile, published, stat
    from netstat.api.explaining import explain
    from netstat.api.formulas import formula, scaling
    from netstat.api.partitioning import partition
    from netstat.api.reporting import report
    from netstat.api.running import benchmark, ceilings, forecast, memory, pipeline
    from netstat.api.views import views
    from netstat.cost import Cost
    from netstat.graph import TensorSpec
    from netstat.ops.base import Operator, Product, operator, traffic
    from netstat.ops.normalization import LocalResponseParameters
    from netstat.records.schema import schema

HOMES = {
    **dict.fromkeys(("compare", "crosscheck", "load", "profile", "published", "stat"), "netstat.api.counting"),
    **dict.fromkeys(("benchmark", "ceilings", "forecast", "memory", "pipeline"), "netstat.api.running"),
    **dict.fromkeys(("formula", "scaling"), "netstat.api.formulas"),
    "fully_convolutional": "netstat.api.converting",
    "views": "netstat.api.views",
    "activations": "netstat.api.activations",
    "badge": "netstat.api.badges",
    "check": "netstat.api.checking",
    "Cost": "netstat.cost",
    "LocalResponseParameters": "netstat.ops.normalization",
    "Operator": "netstat.ops.base",
    "Product": "netstat.ops.base",
    "TensorSpec": "netstat.graph",
    "explain": "netstat.api.explaining",
    "operator": "netstat.ops.base",
    "partition": "netstat.api.partitioning",
    "schema": "netstat.records.schema",
    "report": "netstat.api.reporting",
    "traffic": "netstat.ops.base",
}
__all__ = [
    "Cost",
    "LocalResponseParameters",
    "Operator",
    "Product",
    "TensorSpec",
    "__version__",
    "activations",
    "badge",
    "benchmark",
    "ceilings",
    "check",
    "compare",
    "crosscheck",
    "explain",
    "forecast",
    "formula",
    "fully_convolutional",
    "load",
    "memory",
    "operator",
    "partition",
    "pipeline",
    "profile",
    "published",
    "report",
    "scaling",
    "schema",
    "stat",
    "traffic",
    "views",
]


def __getattr__(name: str) -> object:
    if name in HOMES:
        from importlib import import_module

        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module 'netstat' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext netstat` calls: gives an IPython shell the magic %netstat."""
    from netstat.cli._magic import register

    register(shell)
