"""pandas: nullable columns, so that a whole number stays one beside what is not known."""

from typing import TYPE_CHECKING, Any

from netstat.errors import InstallError
from netstat.records.base import Record
from netstat.registry import FRAMES
from netstat.reports.frames._columns import columns_of, fits, kind_of

if TYPE_CHECKING:
    import pandas

_DTYPES: dict[type, str] = {bool: "boolean", int: "Int64", float: "Float64", str: "string"}


@FRAMES.add("pandas")
def frame(record: Record) -> "pandas.DataFrame":
    """The rows of a record; shapes are tuples.

    Raises:
        InstallError: pandas is not there.
    """
    try:
        import pandas
    except ImportError as error:
        raise InstallError(f"to_pandas needs pandas ({error}): pip install pandas") from error
    columns = columns_of(record)
    return pandas.DataFrame({name: pandas.Series(values, dtype=_dtype(values)) for name, values in columns.items()})


def _dtype(values: list[Any]) -> str:
    kind = kind_of(values)
    return "object" if kind is int and not fits(values) else _DTYPES.get(kind, "object")
