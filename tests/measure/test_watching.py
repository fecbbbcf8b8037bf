"""What a person is told while it is measured."""

from netstat.graph import TensorSpec
from netstat.measure.clock import Block
from netstat.measure.configuration import Configuration
from netstat.measure.driver import Run
from netstat.measure.sampling import Course
from netstat.measure.settings import DEFAULT
from netstat.measure.watching import Teller

X = Configuration((("input", TensorSpec((4, 3))),), threads=2)


def told(configurations: int, *turns: tuple[float, int, float]) -> list[tuple[str, float]]:
    """What is said of turns of so many seconds each, samples and seconds in all."""
    said: list[tuple[str, float]] = []
    tell, run = Teller(lambda label, fraction: said.append((label, fraction)), configurations), Run(X, Course(DEFAULT))
    tell(run, True)
    for seconds, samples, elapsed in turns:
        run.course.add([Block(seconds, seconds, 1)] * samples, elapsed)
        tell(run, False)
    return said


def test_estimate_samples_and_time_left_are_told() -> None:
    assert told(1, (0.02, 5, 0.5), (0.02, 15, 2.0)) == [
        ("warming up on cpu", 0.0),
        ("timing on cpu: 20 ms, 5 samples, ≤ 10 s left", 0.05),
        ("timing on cpu: 20 ms ± 0 %, 20 samples", 1.0),
    ]


def test_one_of_several_ways_is_named_and_is_its_share_of_the_work() -> None:
    *_, (label, fraction) = told(4, (0.02, 20, 2.0))
    assert label == "timing on cpu, batch 4, float32, 2 threads: 20 ms ± 0 %, 20 samples"
    assert fraction == 0.25
