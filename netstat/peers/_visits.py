"""How often a counter that walks from parents to children comes to a module."""

from collections import defaultdict

from netstat.graph import Graph


def visits(graph: Graph) -> dict[str, int]:
    """By a module's first path, how many chains of parents lead to it; two names that one parent has for it are one."""
    first = {"": "", **{module.path: module.path for module in graph.modules}, **dict(graph.aliases)}
    chains: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path, module in first.items():
        parts = path.split(".")
        chains[module].add(tuple(first[".".join(parts[: i + 1])] for i in range(len(parts))))
    return {module: len(found) for module, found in chains.items()}
