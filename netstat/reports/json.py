"""JSON: the record itself; what has no object inside stands on one line, so that a layer is a line of a diff."""

import json
from typing import Any, ClassVar

from netstat.records.base import Record
from netstat.registry import REPORTS

# Characters that JSON may hold but that would control a terminal it is printed on: DEL, C1, marks of writing direction.
_CONTROLS = (*range(0x7F, 0xA0), 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPES = {code: f"\\u{code:04x}" for code in _CONTROLS}


@REPORTS.add("json")
class Json:
    """The record as `Record.to_dict` gives it; `netstat.load` reads it back."""

    mark: ClassVar[bytes] = b'"netstat": "'

    @staticmethod
    def render(record: Record, view: Any = None) -> bytes:
        """UTF-8; half characters and what would control a terminal are escaped."""
        return f"{_lines(record.to_dict()).translate(_ESCAPES)}\n".encode("utf-8", "backslashreplace")


def _lines(value: Any, indent: int = 1) -> str:
    if not _holds_object(value):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if isinstance(value, dict):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {_lines(item, indent + 1)}" for key, item in value.items()]
    else:
        items = [_lines(item, indent + 1) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    line = "\n" + " " * indent
    return opening + line + f",{line}".join(items) + line[:-1] + closing


def _holds_object(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, dict) or _holds_object(item) for item in inside)
