"""Every operator of the registry: its equation, how it is counted, and what of PyTorch it is."""

import inspect
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from netstat.analysis.wording import Words, preamble, wording
from netstat.frontends.vocabulary import resolve
from netstat.ops import OPERATORS
from netstat.ops.base import Operator
from netstat_site.equations import html
from netstat_site.markdown import table
from netstat_site.worked import worked

Kind = type[Operator]
FOLDER = "generated/operators"


def families() -> dict[str, list[Kind]]:
    """Operators that come with netstat by what kind of layer they are, in the order of the alphabet."""
    ours = (kind for kind in OPERATORS if kind.__module__.startswith("netstat."))
    in_order = sorted(ours, key=lambda kind: kind.family)
    return {family: list(kinds) for family, kinds in groupby(in_order, lambda kind: kind.family)}


def page() -> str:
    """A table of the families."""
    rows = ([f"[{family}]({FOLDER}/{_slug(family)}.md)", _names(kinds)] for family, kinds in families().items())
    trees = [f"{FOLDER}/{_slug(family)}" for family in families()]
    return "\n".join([table(["family", "operators"], rows), "", "```{toctree}", ":hidden:", "", *trees, "```"])


def pages() -> Iterator[tuple[str, str]]:
    """A page for each family."""
    for family, kinds in families().items():
        title = f"# {family[0].upper()}{family[1:]}"
        yield f"operators/{_slug(family)}.md", "\n\n".join([title, *map(_section, _alike(kinds))]) + "\n"


def _slug(family: str) -> str:
    return family.replace(" ", "-")


def _names(kinds: Iterable[Kind]) -> str:
    return ", ".join(f"`{kind.name}`" for kind in kinds)


def _alike(kinds: list[Kind]) -> list[list[Kind]]:
    """Operators of one equation and one way of counting together."""
    found: dict[tuple[Words, str], list[Kind]] = {}
    for kind in kinds:
        found.setdefault((wording(kind), preamble(kind)), []).append(kind)
    return list(found.values())


def _section(kinds: list[Kind]) -> str:
    words = wording(kinds[0])
    equation = "<br>".join(map(html, words.equation))
    said = (html(text) for text in (preamble(kinds[0]), words.counting) if text)
    parts = [f'<p class="equation">{equation}</p>', *(f"<p>{text}</p>" for text in said)]
    examples = "".join(filter(None, map(worked, kinds)))
    heading = f"## {', '.join(kind.name for kind in kinds)}"
    return f'{heading}\n\n<div class="operator">{"".join(parts)}{_facts(kinds, words)}{examples}</div>'


def _facts(kinds: list[Kind], words: Words) -> str:
    facts = {
        "arguments": "<br>".join(f"<code>{escape(each)}</code>" for each in _signatures(kinds)),
        "PyTorch": ", ".join(f"<code>{escape(name)}</code>" for kind in kinds for name in _spelled(kind)),
        "modules": ", ".join(f"<code>{escape(name)}</code>" for kind in kinds for name in kind.modules),
        "source": escape(words.source),
    }
    lines = "".join(f"<dt>{name}</dt><dd>{said}</dd>" for name, said in facts.items() if said)
    return f'<dl class="facts">{lines}</dl>'


def _signatures(kinds: list[Kind]) -> list[str]:
    """name(arguments) of each; once for all where the arguments are the same."""
    of = {kind.name: _arguments(kind) for kind in kinds}
    return [f"{name}({each})" for name, each in of.items()] if len({*of.values()}) > 1 else [*{*of.values()}]


def _arguments(kind: Kind) -> str:
    return ", ".join(map(_argument, inspect.signature(kind.shape).parameters.values()))


def _argument(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    given = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
    return f"{stars}{parameter.name}{given}"


def _spelled(kind: Kind) -> list[str]:
    """The public functions and methods of the installed PyTorch that are this operator, in-place twins left out."""
    public = (name for name in kind.torch if not name.endswith("_") and "._" not in name)
    return [name for name in dict.fromkeys(public) if name.startswith("torch.ops.") or resolve(name) is not None]
