"""Names in a tree: one sign for each level, which a terminal shows as lines."""

from collections.abc import Iterable

INDENT = "· "  # what formats show that cannot draw lines; spaces would not survive in every one


def drawn(labels: Iterable[str]) -> list[str]:
    """Labels that begin with an `INDENT` for each level, with lines in its place: '│ └ conv1'.

    Args:
        labels: of all lines of the tree, each below the one that it is in.
    """
    lines: list[str] = []
    followed: set[int] = set()  # the levels on which something follows in the same container
    for label in reversed(list(labels)):
        depth, name = _levels(label)
        above = "".join("│ " if level in followed else "  " for level in range(1, depth))
        lines.append(f"{above}{'├ ' if depth in followed else '└ '}{name}" if depth else name)
        followed = {level for level in followed if level < depth} | {depth}
    return lines[::-1]


def _levels(label: str) -> tuple[int, str]:
    depth = 0
    while label.startswith(INDENT):
        depth, label = depth + 1, label.removeprefix(INDENT)
    return depth, label
