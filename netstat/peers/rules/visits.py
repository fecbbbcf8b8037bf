"""How a counter that walks from parents to children comes to a module."""

from collections import defaultdict

from netstat.graph import Graph


def chains(graph: Graph) -> dict[str, set[tuple[str, ...]]]:
    """By a module's first path, the chains of modules that lead to it, the model left out and itself at the end.

    Two names that one parent has for a module are one.
    """
    first = {"": "", **{module.path: module.path for module in graph.modules}, **dict(graph.aliases)}
    found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path, module in first.items():
        parts = path.split(".")
        found[module].add(tuple(first[".".join(parts[: i + 1])] for i in range(len(parts))))
    return found


def visits(graph: Graph) -> dict[str, int]:
    """By a module's first path, how many chains of parents lead to it."""
    return {module: len(found) for module, found in chains(graph).items()}
