"""Models of every family of timm, beside torch's own counter."""

from typing import Any

from netstat.errors import NetstatError

PER_FAMILY = 5


def measure(per_family: int = PER_FAMILY) -> list[dict[str, Any]]:
    """A row per chosen model."""
    return [of_model(family, name) for family, names in chosen(per_family).items() for name in names]


def chosen(per_family: int) -> dict[str, list[str]]:
    """Names of models of each of timm's families: of its modules."""
    import timm

    return {family: evenly(timm.list_models(module=family), per_family) for family in timm.list_modules()}


def evenly(names: list[str], count: int) -> list[str]:
    """So many of the names, the first and then at even distances; all of them where there are no more."""
    count = min(count, len(names))
    return [names[i * len(names) // count] for i in range(count)]


def of_model(family: str, name: str) -> dict[str, Any]:
    """What is seen of the model, or what netstat said where it failed."""
    from tests.sweeps.seen import what_is_seen

    try:
        return {"family": family, "model": name, **what_is_seen(f"timm:{name}")}
    except NetstatError as error:
        return {"family": family, "model": name, "error": str(error)}
