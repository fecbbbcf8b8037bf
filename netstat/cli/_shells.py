"""How each shell is told what completes a word: the `complete` attribute of an argument that shtab reads."""

from collections.abc import Callable
from typing import Any

from netstat.cli._candidates import Candidates

Told = tuple[str, str]  # what stands beside the argument in the script, and the function it calls, if any


def told(name: str, found: Candidates) -> dict[str, Any]:
    """What shtab puts into the scripts for an argument.

    Args:
        name: a name for functions of the shell, different for different candidates.
        found: what completes the argument.
    """
    written = {shell: write(name, found) for shell, write in SHELLS.items()}
    functions = {shell: function for shell, (_, function) in written.items() if function}
    return {**{shell: pattern for shell, (pattern, _) in written.items()}, "preamble": functions}


def _bash(name: str, found: Candidates) -> Told:
    """A function that prints what fits the word; shtab knows by `_file` in its name that it completes paths."""
    function = f"_netstat_{name}{'_or_file' if found.files else ''}"
    words = f'-W "{" ".join(found.names)}"'
    lines = [f'compgen {words} -- "$1"'] if found.names else []
    if found.several:
        lines = ['local before=""', '[[ "$1" == *,* ]] && before="${1%,*},"']
        lines.append(f'compgen -P "$before" {words} -- "${{1##*,}}"')
    if found.files:
        lines.append(f'compgen -{found.files[0]} -- "$1"')
    return function, _function(function, "() {", lines, "}")


def _zsh(name: str, found: Candidates) -> Told:
    """A function that adds what fits."""
    function = f"_netstat_{name}"
    words = " ".join(found.names)
    lines = [f"_values -s , {name} {words}" if found.several else f"compadd -- {words}"] if found.names else []
    if found.files:
        lines.append("_files -/" if found.files == "directory" else "_files")
    return function, _function(function, "() {", lines, "}")


def _fish(name: str, found: Candidates) -> Told:
    """Words and command substitutions."""
    words = " ".join(found.names)
    if found.several:
        return f"(__fish_append , {words})", ""
    paths = {"file": "(__fish_complete_path (commandline -ct))", "directory": "(__fish_complete_directories)"}
    return " ".join(filter(None, (words, paths.get(found.files)))), ""


def _tcsh(name: str, found: Candidates) -> Told:
    """Words, or files: it takes no more than one of the two."""
    return f"({' '.join(found.names)})" if found.names else found.files[0], ""


def _function(name: str, opening: str, lines: list[str], closing: str) -> str:
    return "\n".join([f"{name}{opening}", *(f"  {line}" for line in lines), closing])


SHELLS: dict[str, Callable[[str, Candidates], Told]] = {"bash": _bash, "zsh": _zsh, "fish": _fish, "tcsh": _tcsh}
