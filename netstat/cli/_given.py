"""What goes in: options, as the rest of netstat takes them."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from netstat.errors import UsageError
from netstat.frontends.inputs import DTYPES, inputs_of
from netstat.frontends.resolve import resolve
from netstat.frontends.selection import Selection, selection
from netstat.frontends.subject import Inputs, Subject
from netstat.registry import Registry, unknown
from netstat.units import dtype_bytes, parse_number, parse_shape

if TYPE_CHECKING:
    from netstat.measure.settings import Settings
    from netstat.records.view import View


def whole(text: str, option: str, least: int = 1) -> int:
    """A whole number from an option.

    Raises:
        UsageError: it is not one, or too small.
    """
    number = parse_number(text)
    if number < least:
        raise UsageError(f"{option} must be {least} or more, got {text}")
    return number


def optional(text: str | None, option: str) -> int | None:
    """`whole` of an option that may be left out."""
    return None if text is None else whole(text, option)


def inputs(options: Namespace) -> Inputs:
    """The inputs that -i, -b and --dtype describe.

    Raises:
        UsageError: sizes or a dtype that cannot be.
    """
    batch = whole(options.batch, "--batch")
    dtype = getattr(options, "dtype", "float32")
    base = inputs_of(None, batch, dtype, fully_convolutional=getattr(options, "fully_convolutional", False))
    return base._replace(shapes=tuple(map(_input, options.input or ())))


def _input(text: str) -> tuple[tuple[int, ...], str, str]:
    """`name=2x16:int64` as shape, dtype and name."""
    name, equals, rest = text.rpartition("=")
    sizes, _, dtype = rest.partition(":")
    if equals and not name.isidentifier():
        raise UsageError(f"'{name}' is no name for an input; write for example mask=2x16:int64")
    spelled = DTYPES.get(dtype, dtype)
    dtype_bytes(spelled or "float32")  # refuses a name that is no dtype
    return parse_shape(sizes), spelled, name


def subject(options: Namespace, *, training: bool = False) -> Subject:
    """The model that was named, at its inputs."""
    with redirect_stdout(sys.stderr):  # stdout is for results, and the user's code may print
        return resolve(options.model, inputs(options), training=training, selection=trained(options))


def trained(options: Namespace) -> Selection:
    """What --freeze and --train-only choose, of commands that have them."""
    return selection(getattr(options, "freeze", ()), getattr(options, "train_only", ()))


def counts_anew(options: Namespace) -> bool:
    """Whether an option says how to count, which a saved result cannot follow."""
    left_out = {"input": None, "batch": "1", "dtype": "fp32", "convention": "documents", "train": False}
    left_out |= {"backward": False, "sparse": False, "overlapping": False, "fully_convolutional": False}
    left_out |= {} if getattr(options, "tree", False) else {"depth": None}
    return any(trained(options)) or any(getattr(options, name, value) != value for name, value in left_out.items())


def names(text: str | None, option: str) -> list[str] | None:
    """`a,b,c` as a list; None stays None.

    Raises:
        UsageError: there is no name in it.
    """
    if text is None:
        return None
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise UsageError(f"{option} names nothing; write for example {option} a,b")
    return found


def several(text: str, option: str) -> list[str]:
    """`a,b,c` as a list of one or more; raises UsageError as `names` does."""
    return names(text, option) or []


def columns(options: Namespace) -> list[str] | None:
    """The columns that were named, None where none were.

    Raises:
        UsageError: a column, or the one to sort by, is not known.
    """
    chosen = names(options.columns, "--columns")
    wanted = [*(chosen or ()), *([] if options.sort is None else [options.sort])]
    if wanted:
        from netstat.reports._columns import COLUMNS

        for name in wanted:
            _known(name, COLUMNS)
    return chosen


def depths(options: Namespace) -> tuple[int | None, int | None]:
    """--depth as what layers are folded to, and as the levels of a tree: one of them, as --tree is given or not."""
    depth = optional(options.depth, "--depth")
    return (None, depth) if options.tree else (depth, None)


def view(options: Namespace) -> "View":
    """How the layer table is to look.

    Raises:
        UsageError: a column, or the one to sort by, is not known.
    """
    from netstat.records.view import View

    return View(columns(options), options.sort, options.tree, depths(options)[1], tuple(options.filter))


def peers(options: Namespace) -> list[str] | None:
    """The peers that were named, None where none were.

    Raises:
        UsageError: a peer is not known.
    """
    chosen = names(options.against, "--against")
    if chosen:
        from netstat.peers import PEERS

        for name in chosen:
            _known(name, PEERS)
    return chosen


def _known(name: str, registry: Registry[Any]) -> None:
    if name not in registry:
        raise UsageError(unknown(registry.kind, name, registry.names()))


def settings(options: Namespace, *, brief: bool = False) -> "Settings":
    """How long to measure; `brief` where it is not what was asked for, but part of it.

    Raises:
        UsageError: both ways at once.
    """
    from netstat.measure.settings import BRIEF, DEFAULT, QUICK, RIGOROUS

    if options.quick and options.rigorous:
        raise UsageError("--quick and --rigorous exclude each other; leave one of them out")
    if options.quick:
        return QUICK
    return RIGOROUS if options.rigorous else BRIEF if brief else DEFAULT


def devices(options: Namespace) -> Sequence[str]:
    """The devices that were named, or all that are there.

    Raises:
        UsageError: a device is not known or not there.
    """
    from netstat.measure.devices import find, present

    chosen = names(options.device, "--device") or present()
    for name in chosen:
        find(name)
    return chosen


def check_times(options: Namespace, *, wanted: bool = True) -> None:
    """Refuse a measurement that could not be made, before any work is done.

    Args:
        options: --device, --dtype and --threads are looked at.
        wanted: whether there will be one; if not, a device need not be there, only known.

    Raises:
        UsageError: a device, dtype or number of threads that cannot be.
    """
    optional(options.threads, "--threads")
    settings(options)
    chosen = names(options.device, "--device")
    if wanted:
        from netstat.measure.precision import find

        find(options.dtype)
    if chosen and wanted:
        devices(options)
    elif chosen:
        from netstat.measure.devices import DEVICES

        for name in chosen:
            _known(name.partition(":")[0], DEVICES)
