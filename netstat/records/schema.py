"""The JSON of results as a JSON Schema, made from the dataclasses that write and read it."""

import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from inspect import cleandoc
from types import UnionType
from typing import Any, Union, get_args, get_origin

from netstat.errors import UsageError
from netstat.records.base import SCHEMA
from netstat.records.reading import KINDS, hints
from netstat.registry import unknown

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
# What every saved result begins with; one inside another does not.
HEAD: dict[str, Schema] = {
    "schema": {"const": SCHEMA, "description": "version of this schema"},
    "netstat": {"type": "string", "description": "version of netstat that wrote it"},
}
_SCALARS: dict[Any, Schema] = {
    Any: {},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    str: {"type": "string"},
    dict: {"type": "object"},
}
_ENTRY = re.compile(r"^    (\w[\w, ]*): (.*(?:\n {5,}.*)*)", re.MULTILINE)


def schema(kind: str | None = None) -> Schema:
    """The JSON Schema (draft 2020-12) of saved results.

    Keys that a reader does not know are allowed: a later netstat may add some.

    Args:
        kind: of one kind of result ("profile", "benchmark", …); None for any.

    Returns:
        The schema as a dict; `json.dumps` makes a file of it. Each class of record is an entry of `$defs`.

    Raises:
        UsageError: there is no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(unknown("kind of result", kind, KINDS))
    kinds = {kind: KINDS[kind]} if kind else KINDS
    definitions: dict[str, Schema] = {}
    chosen = [
        {"if": {"properties": {"kind": {"const": name}}}, "then": _reference(record, definitions)}
        for name, record in kinds.items()
    ]
    return {
        "$schema": DIALECT,
        "title": f"netstat {kind or 'result'}, schema {SCHEMA}",
        "type": "object",
        "properties": HEAD | {"kind": {"enum": [*kinds], "description": "which result it is"}},
        "required": [*HEAD, "kind"],
        "allOf": chosen,
        "$defs": definitions,
    }


def _reference(kind: type, definitions: dict[str, Schema]) -> Schema:
    """A pointer to the definition of a dataclass, which is made where it is not there yet."""
    name = f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"
    if name not in definitions:
        definitions[name] = {}  # one that holds itself points here
        definitions[name] = _definition(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _definition(kind: type, definitions: dict[str, Schema]) -> Schema:
    said = dict(_said(kind))
    body = {each.name: _property(kind, each, said, definitions) for each in fields(kind)}
    needed = [each.name for each in fields(kind) if each.default is MISSING]
    summary = cleandoc(kind.__doc__ or "").partition("\n\nAttributes:")[0]
    return {
        "description": summary.replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n"),
        "type": "object",
        "properties": body,
        "required": needed,
    }


def _property(kind: type, field: "Field[Any]", said: dict[str, str], definitions: dict[str, Schema]) -> Schema:
    found = _type(hints(kind)[field.name], definitions)
    return {**found, "description": said[field.name]} if field.name in said else found


def _said(kind: type) -> Iterator[tuple[str, str]]:
    """What the docstring's Attributes say of each field."""
    for names, text in _ENTRY.findall(cleandoc(kind.__doc__ or "").partition("\nAttributes:\n")[2]):
        yield from ((name, " ".join(text.split())) for name in names.split(", "))


def _type(kind: Any, definitions: dict[str, Schema]) -> Schema:
    origin, args = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _reference(kind, definitions)
    if origin in (Union, UnionType):
        given = next(arg for arg in args if arg is not type(None))
        return {"anyOf": [_type(given, definitions), {"type": "null"}]}
    if origin is tuple:
        size = {} if args[-1] is Ellipsis else {"minItems": len(args), "maxItems": len(args)}
        return {"type": "array", "items": _type(args[0], definitions), **size}
    return _SCALARS[origin or kind]
