"""`netstat completion`: the script with which a shell completes commands, options and names."""

import sys
from argparse import ArgumentParser, Namespace

from netstat.cli._arguments import COMMANDS, parser_of
from netstat.cli._candidates import candidates
from netstat.cli._shells import SHELLS, told
from netstat.cli._streams import write

SETUP = """\
bash: eval "$(netstat completion bash)" in ~/.bashrc
zsh:  eval "$(netstat completion zsh)" in ~/.zshrc, after compinit
fish: netstat completion fish > ~/.config/fish/completions/netstat.fish
tcsh: netstat completion tcsh > ~/.netstat.tcsh, and source ~/.netstat.tcsh in ~/.tcshrc
"""


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("shell", choices=[*SHELLS], metavar="|".join(SHELLS), help="the shell that is to complete")
    parser.add_argument("--debug", action="store_true", help="a traceback instead of one line")
    parser.epilog = SETUP


def run(options: Namespace) -> int:
    """Print the script; names are those there are now, so that a new version wants a new one."""
    from shtab import complete

    parser, commands = parser_of(COMMANDS)
    for name, (command, _) in commands.items():
        _tell(name, command)
    script = complete(parser, options.shell)
    write(
        sys.stdout, script.replace('"(*)::', '"*:') + "\n"
    )  # shtab tells zsh that of several models only the first is one
    return 0


def _tell(name: str, command: ArgumentParser) -> None:
    """Say beside each argument what completes it."""
    for action in command._actions:
        found = None if action.choices else candidates(name, action.dest)
        if found is not None:
            action.complete = told(f"{name}_{action.dest}", found)  # type: ignore[attr-defined]
