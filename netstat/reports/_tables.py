"""Any record as tables: what is said is decided here, how it looks in each format.

The tables of a record of kind `x` are made by `x_tables` of the module `_x`, which is imported when there is one.
"""

from importlib import import_module
from typing import Any

from netstat.records.base import Record
from netstat.records.view import View
from netstat.reports._table import Table


def tables(record: Record, view: View | None = None) -> list[Table]:
    """Everything `record` has to say, section by section, as `view` says."""
    module: Any = import_module(f"netstat.reports._{record.kind}")
    return list(getattr(module, f"{record.kind}_tables")(record, view or View()))
