"""polars: null for what is not known, shapes as lists."""

from types import NoneType
from typing import TYPE_CHECKING, Any

from netstat.errors import InstallError
from netstat.records.base import Record
from netstat.registry import FRAMES
from netstat.reports.frames._columns import columns_of, fits, kind_of

if TYPE_CHECKING:
    import polars


@FRAMES.add("polars")
def frame(record: Record) -> "polars.DataFrame":
    """The rows of a record.

    Raises:
        InstallError: polars is not there.
    """
    try:
        import polars
    except ImportError as error:
        raise InstallError(f"to_polars needs polars ({error}): pip install polars") from error
    columns = columns_of(record)
    return polars.DataFrame([polars.Series(name, values, dtype=_dtype(values)) for name, values in columns.items()])


def _dtype(values: list[Any]) -> Any:
    import polars

    kind = kind_of(values)
    if kind is tuple:
        return polars.List(_dtype([inner for value in values for inner in value or ()]))
    if kind is int and not fits(values):
        return polars.Int128
    plain = {bool: polars.Boolean, int: polars.Int64, float: polars.Float64, str: polars.String, NoneType: polars.Null}
    return plain.get(kind, polars.Object)
