"""Experiment trackers as far as docs/integrations.md uses them: what they refuse, and what they were given."""

import json
import re
from collections.abc import Iterable, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any, Self

NAME = re.compile(r"[\w./ -]+")  # MLflow's rule, the narrowest


class Tracker:
    """What was logged, under a context manager as all of them are."""

    def __init__(self) -> None:
        self.numbers: dict[str, float] = {}
        self.texts: list[str] = []
        self.tables: list[Any] = []
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.closed = True

    def number(self, name: str, value: float, step: int | None = None) -> None:
        """A metric is a number under a name that has no sign of its own."""
        assert NAME.fullmatch(name), name
        self.numbers[name] = float(value)

    def many(self, numbers: Mapping[str, float] | Iterable[tuple[str, float]]) -> None:
        for name, value in dict(numbers).items():
            self.number(name, value)

    def text(self, name: str, text: str) -> None:
        assert isinstance(text, str)
        self.texts.append(text)


def modules(tracker: Tracker) -> dict[str, ModuleType]:
    """The modules that the page imports, all of which log to `tracker`."""
    return {
        "wandb": _module("wandb", init=_init(tracker), Table=_Table),
        "mlflow": _module(
            "mlflow",
            start_run=lambda: tracker,
            log_param=tracker.text,
            log_metrics=tracker.many,
            log_dict=lambda record, file: tracker.text(file, json.dumps(record)),
        ),
        "torch.utils.tensorboard": _module("torch.utils.tensorboard", SummaryWriter=_writer(tracker)),
    }


def _module(name: str, **things: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(things)
    return module


def _init(tracker: Tracker) -> Any:
    def init(*, project: str, config: Mapping[str, Any]) -> Any:
        json.dumps(config)
        tracker.summary = SimpleNamespace(update=tracker.many)  # type: ignore[attr-defined]
        tracker.log = lambda values: tracker.tables.extend(values.values())  # type: ignore[attr-defined]
        return tracker

    return init


class _Table:
    """A table made of a pandas data frame, whose cells have to be JSON."""

    def __init__(self, *, dataframe: Any) -> None:
        self.columns = list(dataframe.columns)
        self.data = json.loads(dataframe.to_json(orient="values"))


def _writer(tracker: Tracker) -> Any:
    def writer(folder: str) -> Tracker:
        tracker.add_scalar, tracker.add_text = tracker.number, tracker.text  # type: ignore[attr-defined]
        return tracker

    return writer
