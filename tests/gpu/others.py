"""Ceilings, training steps, and the program as users run it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import netstat
from netstat.graph import plain
from netstat.measure.settings import QUICK
from tests.gpu.steps import NOTED, Bench, SkipError, Verdict, first_line, step, verdict

ROOT = Path(__file__).parents[2]


@step(45)
def ceilings(bench: Bench) -> Iterator[Verdict]:
    """The most the device computes and moves, by dtype."""
    measure = getattr(netstat, "ceilings", None)
    if measure is None:
        raise SkipError("netstat.ceilings is not there")
    kept = bench.results.setdefault("ceilings", [])
    for dtype in ("fp32",) if bench.quick else ("fp32", "tf32", "bf16", "fp16"):
        found = measure(bench.device.name, dtype, again=True)
        kept.append(plain(found))
        (ceiling,) = found.ceilings
        best = max((probe.flops / probe.seconds for probe in ceiling.compute), default=0.0)
        moved = max((probe.bytes_moved / probe.seconds for probe in ceiling.traffic), default=0.0)
        yield verdict(f"ceilings in {dtype}", best > 0 < moved, f"{best / 1e12:.4g} TFLOP/s, {moved / 1e9:.4g} GB/s")


@step(50)
def training(bench: Bench) -> Iterator[Verdict]:
    """A training step, phase by phase."""
    from inspect import signature

    if "training" not in signature(netstat.benchmark).parameters:
        raise SkipError("netstat.benchmark takes no training=")
    kept = bench.results.setdefault("training", [])
    for name, shape in bench.models.items():
        for batch in (2,) if bench.quick else (1, 32):
            found = netstat.benchmark(
                bench.module(name), shape, batch=batch, device=bench.device.name, training=True, settings=QUICK
            )
            kept.append({"model": name, "batch": batch, **plain(found)})
            (one,) = found.training
            phases = ", ".join(f"{phase.name} {phase.seconds * 1e3:.4g} ms" for phase in one.phases)
            yield Verdict(f"training, {name} batch {batch}", NOTED, f"{one.median_seconds * 1e3:.4g} ms: {phases}")


def run(*command: str, seconds: float) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=seconds, cwd=ROOT, env=env, check=False
    )


@step(75)
def program(bench: Bench) -> Iterator[Verdict]:
    """`netstat profile` and `netstat benchmark` on the device, as users run them."""
    name, kind = ("lenet" if bench.quick else "alexnet"), bench.device.name
    for command in ("profile", "benchmark"):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "result.json"
            options = ["--no-crosscheck"] if command == "profile" else []
            done = run(
                "-m", "netstat", command, name, "--device", kind, "--quick", *options, "-o", str(out), seconds=60
            )
            said = next(reversed(done.stderr.splitlines()), "") if done.returncode else "exit code 0"
            yield verdict(f"netstat {command}", done.returncode == 0 and out.is_file(), said)
            if out.is_file():
                bench.results[command] = json.loads(out.read_text(encoding="utf-8"))


@step(60)
def tests(bench: Bench) -> Iterator[Verdict]:
    """`pytest -m gpu tests`: the tests that wait for a GPU."""
    if bench.quick:
        raise SkipError("a rehearsal runs inside the tests")
    try:
        # The steps of this script among them have had their turn.
        options = ["--ignore=tests/gpu", "-q", "-rfEs", "-p", "no:cacheprovider"]
        done = run("-m", "pytest", "-m", "gpu", "tests", *options, seconds=55)
    except subprocess.TimeoutExpired as error:
        yield Verdict("pytest -m gpu", NOTED, first_line(error))
        return
    lines = done.stdout.splitlines()
    bench.results["pytest"] = lines[-40:]
    said = lines[-1] if lines else done.stderr[-200:]
    yield verdict("pytest -m gpu", done.returncode in (0, 5), said)
