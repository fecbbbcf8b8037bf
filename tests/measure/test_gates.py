"""Each gate fails on its own side of its threshold, and every warning there is has one."""

from dataclasses import replace

import pytest

from netstat.measure.gates import UNRELIABLE, Conditions, reliable, warnings
from netstat.measure.summary import Summary
from netstat.records.benchmark import WARNINGS
from netstat.records.device_times import DeviceTimes

STEADY = Summary(median=1.0, ci95=(1.0, 1.0), min=1.0, mean=1.0, mad=0.0, iqr=0.0, drift=0.0)
HELD = DeviceTimes(1.0, (1.0, 1.0), (1.0,), queue_held=True)
QUIET = Conditions(
    summary=STEADY, converged=True, cpu_share=1.0, threads=1, load=0.5, cores=2, hooked=1.0, layers=1.0
)  # fmt: skip

FAILING = {
    "cpu_starved": replace(QUIET, cpu_share=0.89),
    "noisy": replace(QUIET, summary=replace(STEADY, iqr=0.10)),
    "unusable": replace(QUIET, summary=replace(STEADY, iqr=0.25)),
    "loaded": replace(QUIET, load=2.01),
    "drift": replace(QUIET, summary=replace(STEADY, drift=-0.031)),
    "not_converged": replace(QUIET, converged=False),
    "hooks_slow": replace(QUIET, hooked=1.06),
    "overattributed": replace(QUIET, layers=1.03),
    "preempted": replace(QUIET, switches=50.1),
    "canary": replace(QUIET, canary=1.151),
    "impossible": replace(QUIET, layers=1.051),
    "outside": replace(QUIET, summary=replace(STEADY, ci95=(1.001, 1.002))),
    "here": replace(QUIET, here=True),
    "in_turn": replace(QUIET, in_turn=True),
    "queue_unchecked": replace(QUIET, device_times=replace(HELD, queue_held=False)),
    "throttled_samples": replace(QUIET, device_times=replace(HELD, throttled_samples=1)),
    "throttled": replace(QUIET, device_times=replace(HELD, throttled_samples=1, throttled=True)),
}
PASSING = {
    "one thread with nearly all its time": replace(QUIET, cpu_share=0.90),
    "two threads that wait for each other": replace(QUIET, threads=2, cpu_share=0.70),
    "work that is done elsewhere": replace(QUIET, cpu_share=None),
    "some spread": replace(QUIET, summary=replace(STEADY, iqr=0.099)),
    "a machine with as much to do as it can": replace(QUIET, load=2.0),
    "a machine that does not say": replace(QUIET, load=None),
    "hardly a drift": replace(QUIET, summary=replace(STEADY, drift=0.03)),
    "hooks that cost little": replace(QUIET, hooked=1.05),
    "layers that nearly fit": replace(QUIET, layers=1.02),
    "a part that takes nearly all of it": replace(QUIET, largest=1.05),
    "a pass without layers": replace(QUIET, hooked=None, layers=0.0),
    "a few interruptions": replace(QUIET, switches=50.0),
    "a canary that is a little slow": replace(QUIET, canary=1.15),
    "nobody who counts interruptions, and no canary": replace(QUIET, switches=None, canary=None),
    "a queue that was held": replace(QUIET, device_times=HELD),
}


def test_every_warning_has_a_gate_that_can_fail() -> None:
    assert FAILING.keys() == WARNINGS.keys()


@pytest.mark.parametrize("code", FAILING)
def test_a_gate_fails_alone(code: str) -> None:
    assert warnings(FAILING[code]) == (code,)


@pytest.mark.parametrize("case", PASSING)
def test_a_gate_holds_up_to_its_threshold(case: str) -> None:
    assert warnings(PASSING[case]) == ()


def test_two_threads_below_their_share_are_starved() -> None:
    assert warnings(replace(QUIET, threads=2, cpu_share=0.69)) == ("cpu_starved",)


def test_a_part_that_takes_longer_than_the_whole_cannot_be() -> None:
    assert warnings(replace(QUIET, largest=1.051)) == ("impossible",)
    assert warnings(replace(QUIET, layers=1.05)) == ("overattributed",)


def test_a_loaded_machine_and_what_cannot_be_spoil_a_figure_and_nothing_else() -> None:
    spoilt = {"cpu_starved", "unusable", "impossible", "outside", "throttled"}
    assert {code for code in WARNINGS if not reliable((code,))} == spoilt == UNRELIABLE
    assert reliable(())
