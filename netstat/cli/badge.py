"""`netstat badge`: a line of Markdown for a README."""

import sys
from argparse import ArgumentParser, Namespace

from netstat.api.subjects import profile_subject, saved_profile
from netstat.cli import _given as given
from netstat.cli._arguments import model_options
from netstat.cli._streams import write
from netstat.frontends.resolve import is_saved
from netstat.reports._badge import FIGURES, USUAL, badge_line


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    model_options(parser)
    parser.add_argument(
        "--figures",
        default=",".join(USUAL),
        metavar="A,B",
        help=f"{', '.join(FIGURES)} (default {','.join(USUAL)})",
    )
    parser.add_argument("--debug", action="store_true", help="a traceback instead of one line")
    parser.epilog = f"The image is drawn by shields.io from its address, when somebody looks at it.\n\n{parser.epilog}"


def run(options: Namespace) -> int:
    """Print the line."""
    if is_saved(options.model):
        profile = saved_profile(options.model, anew=given.counts_anew(options))
    else:
        profile = profile_subject(given.subject(options))
    write(sys.stdout, badge_line(profile, given.several(options.figures, "--figures")) + "\n")
    return 0
