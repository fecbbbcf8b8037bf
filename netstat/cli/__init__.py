"""The command line. One file per command; a command's options are built only when it is the one called."""

import sys
from collections.abc import Sequence

from netstat.cli._arguments import parse
from netstat.cli._streams import flush, write
from netstat.errors import NetstatError, said
from netstat.language import speaking


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 ok, 1 check failed, 2 usage, 3 model, 4 unreliable measurement."""
    arguments = [*(sys.argv[1:] if argv is None else argv)]  # `list` is a command's module here, once it was imported
    try:
        run, options = parse(arguments)
        with speaking(getattr(options, "lang", None)):
            return run(options)
    except KeyboardInterrupt:
        return _end("interrupted", 130)
    except Exception as error:
        if "--debug" in arguments:
            raise
        if isinstance(error, NetstatError):
            return _end(str(error), error.exit_code)
        return _end(f"a fault of netstat's own: {said(error)}; --debug shows where, please report it", 3)
    finally:
        flush(sys.stdout)


def _end(message: str, code: int) -> int:
    """Say on one line, without anything that would control the terminal, why it ends."""
    words = "".join(char if char.isprintable() else " " for char in message).split()
    write(sys.stderr, f"netstat: {' '.join(words)}\n")
    return code
