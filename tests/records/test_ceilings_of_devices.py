"""The memory roof of a working set, its level, and what is claimed beside what was measured."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from netstat.analysis.devices import specification
from netstat.records.ceiling_claims import A100_BYTES_PER_SECOND, CLAIMS
from netstat.records.ceilings import Ceiling, best
from netstat.units import scaled
from tests.records.ceilings_made import CEILING, CEILINGS, GPU_CEILING, MIB, movement, product

sizes = st.integers(min_value=0, max_value=2**40)
measured = st.lists(
    st.tuples(st.integers(min_value=1, max_value=2**20), st.integers(min_value=1, max_value=1000)), min_size=1
)


def moving(found: list[tuple[int, int]]) -> Ceiling:
    return replace(CEILING, traffic=tuple(movement(size, rate) for size, rate in sorted(found)))


@given(measured, sizes, sizes)
def test_the_memory_roof_never_rises_with_the_working_set(found: list[tuple[int, int]], one: int, other: int) -> None:
    ceiling = moving(found)
    assert ceiling.bytes_per_second(min(one, other)) >= ceiling.bytes_per_second(max(one, other))


@given(measured, sizes)
def test_no_probe_of_as_much_or_more_is_above_the_memory_roof(found: list[tuple[int, int]], size: int) -> None:
    ceiling = moving(found)
    assert all(p.bytes_per_second <= ceiling.bytes_per_second(size) for p in ceiling.traffic if p.working_set >= size)


def test_a_working_set_between_two_measured_ones_has_the_roof_of_the_smaller() -> None:
    assert CEILING.widest(17 * MIB) == CEILING.widest(16 * MIB) == CEILING.traffic[3]
    assert CEILING.widest(16 * MIB - 1) == CEILING.traffic[2]


def test_a_smaller_working_set_that_was_slower_has_the_roof_of_the_larger() -> None:
    assert CEILING.widest(0) == CEILING.widest(MIB) == CEILING.traffic[2]


def test_beyond_the_largest_working_set_its_roof_holds() -> None:
    assert CEILING.widest(2**40) == CEILING.traffic[-1]


def test_the_compute_roof_is_that_of_the_fastest_probe() -> None:
    assert CEILING.fastest == CEILING.compute[1]
    assert CEILING.flops_per_second == product(100.0).flops_per_second


def test_a_level_is_the_smallest_cache_that_was_probed_and_takes_it() -> None:
    assert [CEILING.level(size) for size in (0, MIB, MIB + 1, 32 * MIB, 32 * MIB + 1)] == [
        "L2", "L2", "L3", "L3", "memory",
    ]  # fmt: skip
    assert GPU_CEILING.level(0) == "memory"


def test_every_level_has_its_roof() -> None:
    probes = {"L2": CEILING.traffic[2], "L3": CEILING.traffic[3], "memory": CEILING.traffic[4]}
    assert CEILING.roofs == tuple((name, probe.bytes_per_second) for name, probe in probes.items())


def test_the_best_of_a_kind_of_device_in_a_number_format() -> None:
    assert best(CEILINGS.ceilings, "cuda", ("bfloat16", "float16")) == GPU_CEILING
    assert best(CEILINGS.ceilings, "cuda", ("float32",)) is None


def test_what_is_claimed_stands_beside_what_was_measured() -> None:
    both = [(claim.measured(CEILINGS.ceilings), claim.remark(CEILINGS.ceilings)) for claim in CLAIMS]
    assert both == [
        ("300 TFLOP/s in bfloat16", ""),
        ("", ""),
        ("", ""),
        ("100 GFLOP/s in float32", "so with 2 threads; 21 threads as fast as these would pass it"),
        ("37.5× (1.5 TB/s to 40 GB/s)", "an A100's on its data sheet is 38.88× the 40 GB/s measured here"),
    ]


def test_what_is_claimed_of_an_a100_is_what_is_on_record_of_it() -> None:
    small, large = specification("a100-40gb"), specification("a100")
    assert small.peaks == large.peaks
    assert small.bytes_per_second == A100_BYTES_PER_SECOND
    assert CLAIMS[0].says == f"A100-class GPUs reach {scaled(small.peak('bf16'), 'FLOP/s')}"
    assert CLAIMS[1].means == f"{scaled(small.peak('tf32'), 'FLOP/s')} in TF32"
    assert CLAIMS[2].means == f"{scaled(small.peak('fp32'), 'FLOP/s')} in float32"
    assert (
        CLAIMS[4].means
        == f"an A100 has {small.bytes_per_second / 1e12} TB/s, or {large.bytes_per_second / 1e12} (80 GB)"
    )


def test_a_claim_that_does_not_hold_here_is_said_not_to() -> None:
    fast = replace(CEILING, compute=(product(2000.0),))
    assert CLAIMS[3].remark((fast,)) == "not so here"


def test_without_a_gpu_and_without_a_cpu_nothing_is_made_up() -> None:
    assert [claim.measured((CEILING,)) for claim in CLAIMS] == ["", "", "", "100 GFLOP/s in float32", ""]
    assert [claim.remark((GPU_CEILING,)) for claim in CLAIMS] == [""] * 5
