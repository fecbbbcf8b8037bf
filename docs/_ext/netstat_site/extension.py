"""What the site has besides the pages in docs/: references made from netstat itself, notebooks, formulas as MathML.

A page asks for a reference by a comment, `<!-- here: commands -->`, which nobody sees who reads the page elsewhere.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from sphinx.application import Sphinx

from netstat_site import api, commands, contents, mathml, operators, schema

HERE = re.compile(r"<!-- here: (\w+) -->")
MADE: dict[str, Callable[[], str]] = {
    "api": api.page,
    "commands": commands.page,
    "operators": operators.page,
    "schema": schema.page,
}
ROOT = Path(__file__).parents[3]
GENERATED = ROOT / "docs" / "generated"


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    mathml.register(app)
    app.connect("builder-inited", lambda app: write_pages())
    app.connect("source-read", complete)
    app.connect("env-get-outdated", lambda *_: {"index"})  # the navigation, whenever there is another page
    app.connect("autodoc-process-docstring", api.as_code)
    app.connect("autodoc-skip-member", api.left_out)
    app.connect("build-finished", schema.write_file)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_pages() -> None:
    """The pages that have no file in docs/: one per family of operators, and the notebooks."""
    wanted = {GENERATED / name: text for name, text in pages()}
    for old in set(GENERATED.rglob("*.*")) - wanted.keys():
        old.unlink()
    for file, text in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:  # what is as it was is not read again
            file.write_text(text, encoding="utf-8")


def pages() -> Iterator[tuple[str, str]]:
    """Place below docs/generated/ and text of each."""
    yield from operators.pages()
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        yield f"notebooks/{notebook.name}", notebook.read_text(encoding="utf-8")


def complete(app: Sphinx, name: str, source: list[str]) -> None:
    """A page with what it asks for, and links that lead to the site's copies of notebooks and to its index."""
    text = source[0].replace("](../notebooks/", "](generated/notebooks/").replace("](../README.md)", "](index.md)")
    text = HERE.sub(lambda found: MADE[found[1]](), text)
    source[0] = contents.listed(text, app.env.found_docs) if name == "index" else text
