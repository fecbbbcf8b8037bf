"""The keys of saved results, from the JSON Schema that netstat makes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import netstat
from netstat.records.base import SCHEMA
from netstat_site.markdown import code, table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE = f"netstat-schema-{SCHEMA}.json"
REFERENCE = "#/$defs/"


def page() -> str:
    """A section for each kind of result, then one for each thing inside them."""
    schema = netstat.schema()
    of_kinds = {each["then"]["$ref"].removeprefix(REFERENCE): _kind(each) for each in schema["allOf"]}
    kinds = table(
        ["`kind`", "is a"], ([code(f'"{kind}"'), f"[{name}](#{_anchor(name)})"] for name, kind in of_kinds.items())
    )
    sections = [part for name in of_kinds for part in _section(name, schema["$defs"][name])]
    inside = [part for name, each in schema["$defs"].items() if name not in of_kinds for part in _section(name, each)]
    return "\n\n".join(
        ["## Results", table(["key", "type", "meaning"], _rows(schema)), kinds, *sections, "## Inside results", *inside]
    )


def _kind(chosen: dict[str, Any]) -> str:
    return str(chosen["if"]["properties"]["kind"]["const"])


def _anchor(name: str) -> str:
    return name.lower().replace(".", "")


def write_file(app: "Sphinx", error: Exception | None) -> None:
    """Put the schema itself beside the pages."""
    if error is None:
        Path(app.outdir, FILE).write_text(json.dumps(netstat.schema(), indent=1), encoding="utf-8")


def _section(name: str, definition: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}"
    yield definition["description"]
    yield table(["key", "type", "meaning"], _rows(definition))


def _rows(definition: dict[str, Any]) -> Iterator[list[str]]:
    for key, value in definition["properties"].items():
        missing = "" if key in definition["required"] else "; may be missing"
        yield [code(key), f"{_type(value)}{missing}", value.get("description", "").removesuffix(".")]


def _type(value: dict[str, Any]) -> str:
    """In words, with a link to what is inside."""
    if "$ref" in value:
        name = value["$ref"].removeprefix(REFERENCE)
        return f"[{name}](#{_anchor(name)})"
    if "anyOf" in value:
        return " or ".join(map(_type, value["anyOf"]))
    if value.get("type") == "array":
        size = f"{value['minItems']} × " if "minItems" in value else ""
        return f"list of {size}{_type(value['items'])}"
    return code(json.dumps(value["const"])) if "const" in value else value.get("type", "any")
