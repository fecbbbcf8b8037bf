"""Where things are kept that can be made again."""

import os
import sys
from pathlib import Path


def cache_folder(name: str) -> Path:
    """The folder called `name` in netstat's part of the user's cache, there or not."""
    windows = sys.platform == "win32"
    cache = os.environ.get("LOCALAPPDATA" if windows else "XDG_CACHE_HOME")
    home = os.path.expanduser("~")  # noqa: PTH111  pathlib raises where the user has no home
    return Path(cache or Path(home, "AppData/Local" if windows else ".cache"), "netstat", name).absolute()
