"""`netstat list`: what there is."""

import sys
from argparse import ArgumentParser, Namespace

from netstat.cli._listed import KINDS
from netstat.cli._output import style
from netstat.cli._streams import write
from netstat.errors import UsageError


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("kind", nargs="?", metavar="|".join(KINDS), help="what to list (default: everything)")
    parser.add_argument("--debug", action="store_true", help="a traceback instead of one line")


def run(options: Namespace) -> int:
    """A table for each kind of thing there is."""
    from netstat.reports.table import tables_text

    if options.kind is not None and options.kind not in KINDS:
        raise UsageError(f"cannot list '{options.kind}'; there is {', '.join(KINDS)}")
    kinds = KINDS if options.kind is None else [options.kind]
    write(sys.stdout, tables_text([table for kind in kinds for table in KINDS[kind]()], **style()))
    return 0
