"""A page of HTML that stands alone: no script, nothing fetched, light and dark, for screens and paper."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape

from netstat import __version__
from netstat.language import language
from netstat.reports._math import FormulaError, mathml
from netstat.reports._table import Formula, printable

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #59636e; --rule: #d1d9e0; --band: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9198a1; --rule: #3d444d; --band: #151b23; }
}
body { margin: 0 auto; padding: 2rem 1rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; margin: 0 0 .6rem; } h1, h2 { overflow-wrap: anywhere; }
section { margin: 1.5rem 0; padding: 1rem 1.25rem; overflow-x: auto; border: 1px solid var(--rule);
  border-radius: 8px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: .5rem 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
math { font-size: 1.1em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { color: var(--faint); font-weight: 600; } tbody tr:nth-child(even) { background: var(--band); }
tbody + tbody { border-top: 2px solid var(--rule); } .left, .formula { text-align: left; }
.formula { white-space: normal; line-height: 2.2; }
footer { color: var(--faint); font-size: .85rem; }
@media print { body { max-width: none; padding: 0; } section { break-inside: avoid; border: 0; padding: 0; } }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
"""


def page(title: str, sections: Iterable[str]) -> str:
    """A whole document.

    The policy lets nothing in but the style below, which it names by its digest: no script, no image, no request.

    Args:
        title: text, escaped here.
        sections: markup, escaped by whoever made it.
    """
    body = "\n".join(sections)
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return f"""<!DOCTYPE html>
<html lang="{language()}">
<!-- netstat {__version__} -->
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{digest}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escaped(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
<footer>netstat {__version__}</footer>
</body>
</html>
"""


def escaped(text: str) -> str:
    """Text as text, never markup, and nothing that would control what it is shown on."""
    return escape(printable(text))


def typeset(text: str) -> str:
    """Markup of a text: a formula as one, as far as it is written as one; any other as it is."""
    if isinstance(text, Formula):
        try:
            return mathml(text)
        except FormulaError:
            pass
    return escaped(text)
