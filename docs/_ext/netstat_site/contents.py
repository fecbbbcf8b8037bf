"""The site's table of contents, read off the lists of links in docs/index.md."""

import re
from collections.abc import Iterable, Iterator

LINK = re.compile(r"^- \[[^]]+\]\(([^)#]+)\.(?:md|ipynb)\)", re.MULTILINE)
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)


def listed(index: str, names: Iterable[str]) -> str:
    """The index with what the navigation needs: the pages of each section, all notebooks, and pages nobody names."""
    _, *parts = SECTION.split(index)
    sections = {title: LINK.findall(text) for title, text in zip(parts[::2], parts[1::2], strict=True)}
    sections["Notebooks"] = sorted(name for name in names if name.startswith("generated/notebooks/"))
    known = {"index", *(name for found in sections.values() for name in found)}
    sections["Further pages"] = sorted(name for name in names if name not in known and "/" not in name)
    return "\n".join([index, *_toctrees(sections)])


def _toctrees(sections: dict[str, list[str]]) -> Iterator[str]:
    for title, names in sections.items():
        if names:
            yield "\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *names, "```", ""])
