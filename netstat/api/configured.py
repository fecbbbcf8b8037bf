"""Budgets kept in a project: `[tool.netstat.check]` of its pyproject.toml."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from netstat.errors import UsageError
from netstat.registry import unknown

FILE, TABLE = "pyproject.toml", "[tool.netstat.check]"
Options = dict[str, Any]


class Configured(NamedTuple):
    """What a file says of budgets; options by their names in Python.

    Attributes:
        source: the file as one would type it here; "" for none.
        common: options of every model.
        models: options of each model by itself, its name under "model".
    """

    source: str = ""
    common: Options = {}  # noqa: RUF012  nobody writes into it
    models: tuple[Options, ...] = ()

    def of(self, name: str) -> list[Options]:
        """What is said of a model by its name; nothing where it has no entry."""
        return [model for model in self.models if model["model"] == name] or [{"model": name}]


def configured(file: str | None, known: Iterable[str]) -> Configured:
    """What `file` says, or the nearest pyproject.toml from here upwards that has something to say.

    Args:
        file: None to look for one.
        known: names of the options there are.

    Raises:
        UsageError: no such file or section, no TOML, or a key that there is not.
    """
    if file is not None:
        table = _table(Path(file))
        if table is None:
            raise UsageError(f"'{file}' has no {TABLE}")
        return _read(Path(file), table, set(known))
    here = Path.cwd()
    for folder in (here, *here.parents):
        path = folder / FILE
        table = _table(path) if path.is_file() else None
        if table is not None:
            return _read(path, table, set(known))
    return Configured()


def _table(path: Path) -> Mapping[str, Any] | None:
    """The section of a file, None where it has none."""
    import tomllib

    try:
        tool = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except OSError as error:
        raise UsageError(f"cannot read '{path}': {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"'{path}' is no TOML file: {error}") from error
    section = tool.get("netstat") if isinstance(tool, dict) else None
    if section is None:
        return None
    _expect(isinstance(section, dict), path, "tool.netstat is no table")
    for key in section:
        _expect(key == "check", path, f"[tool.netstat]: {unknown('key', key, ['check'])}")
    table = section.get("check")
    _expect(table is None or isinstance(table, dict), path, "tool.netstat.check is no table")
    return table  # type: ignore[no-any-return]


def _read(path: Path, table: Mapping[str, Any], known: set[str]) -> Configured:
    models = table.get("models", [])
    listed = isinstance(models, list) and all(isinstance(model, dict) for model in models)
    _expect(listed, path, "models is no list of tables; begin each with [[tool.netstat.check.models]]")
    common = _options(path, {key: value for key, value in table.items() if key != "models"}, known, {"models"})
    each = tuple(_options(path, model, known | {"model"}) for model in models)
    for model in each:
        _expect(isinstance(model.get("model"), str), path, 'a model has no name; write model = "alexnet"')
        model["model"] = _here(model["model"], path.parent)
    return Configured(os.path.relpath(path), common, each)


def _options(path: Path, table: Mapping[str, Any], known: set[str], besides: Iterable[str] = ()) -> Options:
    keys = sorted(name.replace("_", "-") for name in {*known, *besides})
    for key in table:
        _expect(key in keys, path, f"{TABLE}: {unknown('key', key, keys)}")
    return {key.replace("-", "_"): value for key, value in table.items()}


def _here(model: str, folder: Path) -> str:
    """A model's name, that of a file relative to the file that names it as one would type it here."""
    name, colon, rest = model.partition(":")
    return f"{os.path.relpath(folder / name)}{colon}{rest}" if (folder / name).is_file() else model


def _expect(holds: bool, path: Path, words: str) -> None:
    if not holds:
        raise UsageError(f"'{os.path.relpath(path)}': {words}")
