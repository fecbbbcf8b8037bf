"""CPU time of whole processes, from start to end: netstat, a bare Python, and each peer's script for the same work."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.sampling import interleaved, missing, row

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "scripts"
BARE, FAST = "python -c pass", "netstat profile alexnet --fast"
COMMANDS = {
    BARE: ["-c", "pass"],
    FAST: ["-m", "netstat", "profile", "alexnet", "--fast"],
} | {script.stem.replace("_", " "): [str(script)] for script in sorted(SCRIPTS.glob("with_*.py"))}


def run(arguments: list[str]) -> tuple[str, float]:
    """What Python prints when started with these arguments, and the user and system CPU seconds of its process.

    Raises:
        RuntimeError: it failed; the message is the last line it wrote to stderr.
    """
    before = cpu_seconds_of_children()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no message"])[-1])
    return done.stdout, cpu_seconds_of_children() - before


def environment() -> dict[str, str]:
    """This tree's netstat, and byte code kept from run to run, as it is for an installed package."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


def cpu_seconds_of_children() -> float:
    """Of all child processes that have ended so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(repeats: int) -> list[dict[str, Any]]:
    """A row per command, the short ones sampled five times as often. A first run, which warms caches, is dropped."""
    failed, able = [], []
    for name in COMMANDS:
        try:
            run(COMMANDS[name])
            able.append(name)
        except RuntimeError as error:
            failed.append(missing(name, error))
    times = {name: 5 * repeats if name in (BARE, FAST) else repeats for name in able}
    samples = interleaved({name: lambda name=name: run(COMMANDS[name])[1] for name in able}, times)
    return [row(name, taken) for name, taken in samples.items()] + failed
