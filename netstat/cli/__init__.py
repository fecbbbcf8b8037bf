"""The command line. One file per command; a command's options are built only when it is the one called."""

import sys
from collections.abc import Sequence

from netstat.cli._arguments import parse
from netstat.errors import NetstatError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 ok, 1 check failed, 2 usage, 3 model, 4 unreliable measurement."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        run, options = parse(arguments)
        return run(options)
    except NetstatError as error:
        if "--debug" in arguments:
            raise
        sys.stderr.write(f"netstat: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("netstat: interrupted\n")
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough; keep Python from complaining at exit
        return 0
