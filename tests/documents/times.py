"""Systems and claims that a clock decides, from what was measured and kept."""

from collections.abc import Iterator

import netstat
from netstat.units import duration, exact, rate, ratio, scaled
from tests.benchmarks.page import table
from tests.documents.measured import kept
from tests.documents.row import row

MINUTE = 60.0


@row(
    "S11",
    "A training step",
    "SGD, cross entropy, batch 128, learning rate 0.01, 1×224×224 inputs; loss, accuracy and examples per second.",
    "netstat benchmark alexnet-d2l --train -b 128 --epochs 10 --images 60000",
)
def training_step() -> Iterator[str]:
    (step,) = kept("training step").training
    phases = [[phase.name, duration(phase.median_seconds)] for phase in step.phases]
    yield table(["phase", "median"], [*phases, ["whole step", duration(step.median_seconds)]])
    yield (
        f"{rate(step.examples_per_second, 'examples')} in training beside "
        f"{rate(128 / step.inference_seconds, 'examples')} in inference, on {step.device_name} with "
        f"{step.threads} threads."
    )


@row(
    "S12",
    "One image",
    "Latency of a single image, forward pass only.",
    "netstat benchmark alexnet",
)
def single_image() -> Iterator[str]:
    (found,) = kept("single image")
    low, high = found.ci95_seconds
    yield (
        f"{duration(found.median_seconds)} (95 % interval {duration(low)} to {duration(high)}, "
        f"{len(found.samples)} samples, one "
        f"thread) on {found.device_name}."
    )


@row(
    "C12",
    "Ten epochs in about ten minutes",
    "Ten epochs of 60,000 images take about ten minutes on a laptop with an RTX 4060.",
    "netstat forecast alexnet-d2l --device rtx-4060-laptop --train -b 128 --dtype tf32",
    verdict="confirmed",
)
def ten_epochs() -> Iterator[str]:
    steps = 10 * -(-60_000 // 128)
    rows = []
    for dtype in ("fp32", "tf32"):
        (found,) = netstat.forecast("alexnet-d2l", device="rtx-4060-laptop", batch=128, dtype=dtype, training=True)
        times = (found.seconds, *found.interval_seconds)
        rows.append([dtype, duration(found.seconds), *(f"{steps * seconds / MINUTE:.1f} min" for seconds in times)])
    yield table(["arithmetic", "step", f"{exact(steps)} steps", "80 % interval from", "to"], rows)
    yield (
        "Forecast from data sheets, without loading data and without evaluation after each epoch, which the "
        "note's figure has in it. "
        "torch computes convolutions in TF32 unless told otherwise: ten minutes lie within that interval."
    )


@row(
    "C13",
    "Augmentation is free",
    "Crops, mirroring and colour noise are computed on the processor while the GPU works on the batch before, "
    "so they cost nothing.",
    "netstat pipeline alexnet -b 32 --workers 0,2",
    verdict="corrected",
)
def augmentation_is_free() -> Iterator[str]:
    found = kept("pipeline")
    stages = [[stage.name, duration(stage.median_seconds)] for stage in found.stages]
    yield table(["one image, one thread", "median"], [*stages, ["all of it", duration(found.whole.median_seconds)]])
    (model,) = found.models
    share = found.augmentation_seconds / model.time.median_seconds
    yield (
        f"{model.device_name} runs the model in {duration(model.time.median_seconds)} an image; augmentation "
        f"alone takes "
        f"{ratio(share)} that, preparation included {ratio(found.whole.median_seconds / model.time.median_seconds)}."
    )
    rows = [
        [
            str(each.loop.workers),
            *(rate(time.images_per_second, "images") for time in (each.loop.time, each.model.time)),
            each.code,
        ]
        for each in found.verdicts
    ]
    yield table(["workers", "model fed by the pipeline", "model alone", "verdict"], rows)
    yield (
        "It is free where the verdict is *hidden*: enough processors beside the device that runs the model. "
        "Where the model runs on "
        "the same processors, each image's augmentation is added to its time."
    )


@row(
    "C14",
    "GPU against CPU",
    "GPUs of the A100's class reach 312 TFLOP/s, processors stay under 1 TFLOP/s, and a GPU's memory has ten "
    "times the bandwidth.",
    "netstat ceilings",
    verdict="confirmed",
)
def gpu_against_cpu() -> Iterator[str]:
    from netstat.records.ceiling_claims import CLAIMS

    ceilings = kept("ceilings")
    rows = [[claim.says, claim.means, claim.measured(ceilings) or "no such device here"] for claim in CLAIMS]
    yield table(["claim", "what it holds of", "measured"], rows)
    first = ceilings[0]
    yield (
        f"Measured on {first.device_name}: {scaled(first.flops_per_second, 'FLOP/s')} in {first.dtype} with "
        f"{first.threads} threads, "
        f"{scaled(dict(first.roofs)['memory'], 'B/s')} from memory."
    )
