"""The pages that the browser opens, and the records they are of; none of them needs torch."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from netstat.api.reporting import Asked, reported_subject
from netstat.api.subjects import subject_of
from netstat.records.report import Report, Reported
from netstat.reports.page import rendered
from tests.reports.samples import CHECKS, HOSTILE, HOSTILE_PROFILE, benchmark_of, layer, profile_of, roofline_of

ATTACKS = (
    "</script><script>window.attacked = true</script>",
    '"><img src=x onerror="window.attacked = true">',
    "'onmouseover='window.attacked = true",
    "\u202egnp.exe",
    "x" * 500,
    HOSTILE,
)


@cache
def alexnet() -> Report:
    """AlexNet with every section; its times are made, in proportion to its MACs."""
    model = reported_subject(subject_of("alexnet"), Asked(training=False))
    times = benchmark_of(model.profile)
    parts = {"crosscheck": CHECKS.crosscheck, "benchmarks": (times,), "environment": {"python_version": "3.11"}}
    return Report(
        (replace(model, profile=replace(model.profile, roofline=(roofline_of(model.profile, times),), **parts)),)
    )


@cache
def two_models() -> Report:
    """AlexNet with every section, beside LeNet with what is counted."""
    return Report((*alexnet().models, reported_subject(subject_of("lenet"), Asked(training=False))))


@cache
def hostile() -> Report:
    """A model of ill will beside one that has an attack for every name."""
    layers = tuple(layer(f"a.{text}", "conv2d", text, (8, 5, 5), 80, 2_000, 4_000) for text in ATTACKS)
    attacked = replace(profile_of(ATTACKS[0], layers), environment=dict.fromkeys(ATTACKS, ATTACKS[1]))
    checks = tuple(
        replace(check, peer=text, note=text) for check, text in zip(CHECKS.crosscheck, ATTACKS, strict=False)
    )
    times = (replace(benchmark_of(attacked), device_name=ATTACKS[0], warnings=(ATTACKS[1],)),)
    return Report((Reported(replace(attacked, crosscheck=checks, benchmarks=times)), Reported(HOSTILE_PROFILE)))


@cache
def large(blocks: int = 1000) -> Report:
    """Five layers in each block of twenty stages, every block of other figures: 5,000 by default."""
    kinds = (("conv", "conv2d", "Conv2d"), ("norm", "batch_norm", "BatchNorm2d"), ("act", "relu", "ReLU"))
    more = (("pool", "max_pool2d", "MaxPool2d"), ("project", "linear", "Linear"))
    layers = tuple(
        layer(f"stage{i % 20}.{i // 20}.{name}", op, module, (8, 5, 5), 7 * i + place, 100 * i, 200 * i + place)
        for i in sorted(range(blocks), key=lambda i: (i % 20, i))
        for place, (name, op, module) in enumerate((*kinds, *more))
    )
    return Report((Reported(profile_of("large", layers)),))


@cache
def page_of(report: Callable[[], Report]) -> str:
    """The page of one of the above, rendered once."""
    return rendered(report())
