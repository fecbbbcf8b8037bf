"""Records made by hand: AlexNet as torchvision has it, what others say of it, its time; and a model of ill will."""

from dataclasses import fields, replace
from math import prod

from netstat.records.activations import Activation, Activations
from netstat.records.base import Record
from netstat.records.benchmark import Benchmark, Benchmarks, LayerTime
from netstat.records.check import (
    OVER,
    UNKNOWN,
    WITHIN,
    Check,
    Checked,
    CountBudget,
    LatencyBudget,
    TimeWeight,
    Weight,
)
from netstat.records.comparison import (
    ADDED,
    CHANGED,
    REMOVED,
    SLOWER,
    UNSETTLED,
    Change,
    Compared,
    Comparison,
    Figures,
    Increase,
    TimeChange,
)
from netstat.records.crosscheck import BillItem, CrossCheck, CrossChecks, LayerCheck
from netstat.records.explanation import Explanation, Explanations, Function, Letter, Step, Unexplained
from netstat.records.forecast import REMARKS, Forecast, Forecasts, LayerForecast, OnPaper
from netstat.records.formula import Evaluation as FormulaEvaluation
from netstat.records.formula import Figure, Formula, FormulaInput, LayerFormula, SizeLetter, Solution
from netstat.records.freezing import Freezing, Learning
from netstat.records.memory import Fit, Measured, MeasuredCall, Memory, Moment, Need
from netstat.records.memory import Layer as MemoryLayer
from netstat.records.partition import (
    COLLECTED,
    GATHERED,
    SPLIT,
    Card,
    Counted,
    Crossing,
    Needed,
    Partition,
    PartitionedLayer,
    Run,
    Slice,
)
from netstat.records.pipeline import Loop, ModelAlone, PerImage, Pipeline, PipelineRecipe, Stage, Workers
from netstat.records.pooling import Overlap
from netstat.records.profile import Group, Input, Layer, Profile, Totals, Uncounted
from netstat.records.published import Published, PublishedFigure, Reading
from netstat.records.report import Lacking, Report, Reported
from netstat.records.roofline import LayerRoof, Roofline
from netstat.records.scaling import LayerGrowth, Scaling, ScalingPoint
from netstat.records.training import EpochForecast, LayerBackward, Phase, TrainingStep
from netstat.records.views import Evaluation, Views
from tests.records.ceilings_made import CEILING, CEILINGS

# path, operator, module, output without batch, params, macs, flops
ALEXNET = (
    ("features.0", "conv2d", "Conv2d", (64, 55, 55), 23_296, 70_276_800, 140_553_600),
    ("features.1", "relu", "ReLU", (64, 55, 55), 0, 0, 193_600),
    ("features.2", "max_pool2d", "MaxPool2d", (64, 27, 27), 0, 0, 373_248),
    ("features.3", "conv2d", "Conv2d", (192, 27, 27), 307_392, 223_948_800, 447_897_600),
    ("features.4", "relu", "ReLU", (192, 27, 27), 0, 0, 139_968),
    ("features.5", "max_pool2d", "MaxPool2d", (192, 13, 13), 0, 0, 259_584),
    ("features.6", "conv2d", "Conv2d", (384, 13, 13), 663_936, 112_140_288, 224_280_576),
    ("features.7", "relu", "ReLU", (384, 13, 13), 0, 0, 64_896),
    ("features.8", "conv2d", "Conv2d", (256, 13, 13), 884_992, 149_520_384, 299_040_768),
    ("features.9", "relu", "ReLU", (256, 13, 13), 0, 0, 43_264),
    ("features.10", "conv2d", "Conv2d", (256, 13, 13), 590_080, 99_680_256, 199_360_512),
    ("features.11", "relu", "ReLU", (256, 13, 13), 0, 0, 43_264),
    ("features.12", "max_pool2d", "MaxPool2d", (256, 6, 6), 0, 0, 73_728),
    ("avgpool", "adaptive_avg_pool2d", "AdaptiveAvgPool2d", (256, 6, 6), 0, 0, 9_216),
    ("", "flatten", "AlexNet", (9216,), 0, 0, 0),
    ("classifier.0", "dropout", "Dropout", (9216,), 0, 0, 0),
    ("classifier.1", "linear", "Linear", (4096,), 37_752_832, 37_748_736, 75_497_472),
    ("classifier.2", "relu", "ReLU", (4096,), 0, 0, 4_096),
    ("classifier.3", "dropout", "Dropout", (4096,), 0, 0, 0),
    ("classifier.4", "linear", "Linear", (4096,), 16_781_312, 16_777_216, 33_554_432),
    ("classifier.5", "relu", "ReLU", (4096,), 0, 0, 4_096),
    ("classifier.6", "linear", "Linear", (1000,), 4_097_000, 4_096_000, 8_192_000),
)
PARAMS, MACS, FLOPS = (sum(row[i] for row in ALEXNET) for i in (4, 5, 6))
HOSTILE = "=HYPERLINK(1)|<script>\x1b[31m`$x$`\\input{a}\u202e\x9b\x00\n*[b](c)_@e\udc80 & 层"


def layer(path: str, op: str, module: str, output: tuple[int, ...], params: int, macs: int, flops: int) -> Layer:
    """A row at batch 1 whose input is one number per channel."""
    return Layer(
        path=path,
        op=op,
        module=module,
        call=0,
        input_shapes=((1, output[0]),),
        output_shapes=((1, *output),),
        params=params,
        trainable_params=params,
        macs=macs,
        flops=flops,
        multiplies=macs,
        adds=macs,
        divides=0,
        compares=flops - 2 * macs,
        specials=0,
        bytes_read=4 * output[0],
        bytes_written=4 * prod(output),
        count=flops,
        arithmetic_intensity=flops / (4 * output[0] + 4 * prod(output)),
        receptive_field=(11, 11) if len(output) == 3 else None,
        jump=("1/2", "4") if len(output) == 3 else None,
        center=("-1/4", "3") if len(output) == 3 else None,
        effective_padding=("1", "2") if len(output) == 3 else None,
    )


def profile_of(model: str, layers: tuple[Layer, ...], *, uncounted: tuple[Uncounted, ...] = ()) -> Profile:
    """A profile in the documents' convention with totals that are the sums of its rows."""
    sums = {
        name: sum(getattr(layer, name) for layer in layers)
        for name in ("macs", "flops", "multiplies", "adds", "divides", "compares", "specials")
    }
    params = sum(layer.params for layer in layers)
    totals = Totals(
        params=params,
        trainable_params=params,
        unused_params=0,
        param_bytes=4 * params,
        buffer_bytes=0,
        input_bytes=602_112,
        bytes_read=sum(layer.bytes_read for layer in layers),
        bytes_written=sum(layer.bytes_written for layer in layers),
        activation_bytes=2_368_000,
        count=sums["flops"],
        **sums,
    )
    return Profile(
        model=model,
        convention="documents",
        unit="flops",
        complete=not uncounted,
        training=False,
        inputs=(Input("input", (1, 3, 224, 224), "float32"),),
        totals=totals,
        groups=(
            group("convolution", "conv", layers),
            group("activation", "relu", layers),
            group("fully connected", "linear", layers),
        ),
        layers=layers,
        uncounted=uncounted,
    )


def group(name: str, operators: str, layers: tuple[Layer, ...]) -> Group:
    """The sum over the layers whose operator begins with `operators`."""
    members = [layer for layer in layers if layer.op.startswith(operators)]
    return Group(
        name,
        len(members),
        sum(layer.params for layer in members),
        sum(layer.macs for layer in members),
        sum(layer.flops for layer in members),
    )


ALEXNET_PROFILE = profile_of("alexnet", tuple(layer(*row) for row in ALEXNET))

THOP = CrossCheck(
    peer="thop",
    version="0.1.1",
    unit="macs",
    reported=MACS + 18_432,
    ours=MACS,
    predicted=MACS + 18_432,
    unexplained=0,
    terms=(BillItem("adaptive average pooling counted as (window + 1) per output", 18_432, ("avgpool",)),),
    layers=(LayerCheck("features.0", 70_276_800, 70_276_800),),
    reported_params=PARAMS,
)
TORCH = CrossCheck(
    peer="torch",
    version="2.14.1",
    unit="flops",
    reported=2 * MACS + 7,
    ours=MACS,
    predicted=2 * MACS,
    unexplained=7,
    terms=(BillItem("one multiply-accumulate counted as two operations", MACS, ("features.0", "features.3")),),
    layers=(LayerCheck("features.3", 447_897_607, 447_897_600),),
    per_mac=2,
)
MISSING = CrossCheck(
    peer="fvcore",
    version="",
    unit="flops",
    reported=None,
    ours=MACS,
    predicted=MACS,
    unexplained=None,
    terms=(),
    error="fvcore cannot be imported; pip install fvcore",
)
CHECKS = CrossChecks("alexnet", (THOP, TORCH, MISSING))


def benchmark_of(profile: Profile, device: str = "cpu", *, warnings: tuple[str, ...] = ()) -> Benchmark:
    """Times in proportion to the MACs, a microsecond at least; 2.5 ms of the whole in no layer."""
    times = tuple(
        LayerTime(layer.path, layer.call, layer.op, 1e-6 + layer.macs / 20e9, below=2e-6)
        for layer in profile.layers
        if layer.path
    )
    whole = sum(time.median_seconds for time in times) + 2.5e-3
    return Benchmark(
        device=device,
        device_name="Example CPU",
        batch=1,
        dtype="float32",
        threads=2,
        median_seconds=whole,
        ci95_seconds=(0.99 * whole, 1.01 * whole),
        min_seconds=0.98 * whole,
        mean_seconds=whole,
        mad_seconds=0.01 * whole,
        iqr_seconds=0.02 * whole,
        samples=tuple(whole * (1 + i / 1000) for i in range(20)),
        reliable="unusable" not in warnings,
        warnings=warnings,
        layers=times,
        unattributed_seconds=2.5e-3,
        examples_per_second=1 / whole,
        hooked_seconds=1.01 * whole,
        calibration_seconds=2e-7,
        warmup_calls=5,
    )


def roofline_of(profile: Profile, benchmark: Benchmark) -> Roofline:
    """Bounds of four fifths of the time, the last layer's of twice; what has no FLOPs has no bound."""
    times = {(time.path, time.op, time.call): time for time in benchmark.layers}
    rows = [roof_of(layer, times.get((layer.path, layer.op, layer.call))) for layer in profile.layers]
    seconds = rows[-1].measured_seconds
    rows[-1] = replace(rows[-1], bound_seconds=None if seconds is None else 2 * seconds)
    return Roofline(CEILING, tuple(rows), benchmark.median_seconds)


def roof_of(layer: Layer, time: LayerTime | None) -> LayerRoof:
    """One layer under the compute roof where it has MACs, that of L3 where not."""
    moved, roof = layer.bytes_read + layer.bytes_written, "compute" if layer.macs else "memory"
    bound = 0.8 * time.median_seconds if time and layer.flops else None
    place = (roof, "L3") if bound else ("", "")
    seconds, below = (time.median_seconds, time.below) if time else (None, 0.0)
    family = {"conv2d": "convolution", "linear": "fully connected", "relu": "activation"}.get(layer.op, "pooling")
    return LayerRoof(layer.path, layer.op, layer.call, family, layer.flops, moved, moved, bound, *place, seconds, below)


CPU = benchmark_of(ALEXNET_PROFILE)
GPU = replace(benchmark_of(ALEXNET_PROFILE, "cuda:0", warnings=("noisy", "unusable")), device_name="Example GPU")
BENCHMARKS = Benchmarks("alexnet", (CPU, GPU), {"python": "3.11"})

STEP = TrainingStep(
    device="cpu",
    device_name="Example CPU",
    batch=128,
    dtype="float32",
    weights_dtype="float32",
    autocast=False,
    threads=2,
    optimizer="sgd",
    learning_rate=0.01,
    loss="cross-entropy",
    phases=tuple(
        Phase(name, seconds, (0.99 * seconds, 1.01 * seconds), (seconds,) * 8)
        for name, seconds in (("forward", 1.5), ("loss", 0.001), ("backward", 3.0), ("optimizer", 0.25))
    ),
    unattributed_seconds=0.249,
    median_seconds=5.0,
    ci95_seconds=(4.95, 5.05),
    min_seconds=4.9,
    mean_seconds=5.01,
    mad_seconds=0.02,
    iqr_seconds=0.04,
    samples=(5.0,) * 8,
    warmup_calls=2,
    reliable=True,
    warnings=("not_converged",),
    examples_per_second=25.6,
    inference_seconds=1.25,
    inference_ci95_seconds=(1.2, 1.3),
    trainable_params=PARAMS - 23_296,
    frozen_params=23_296,
    macs=128 * MACS,
    backward_macs=256 * MACS,
    layers=(
        LayerBackward("classifier.6", "linear", 256 * 4_096_000, 0.5),
        LayerBackward("features.1", "relu", 0, 1e-6, below=2e-5),
        LayerBackward("features.0", "conv2d", 128 * 70_276_800, 2.25),
    ),
    layers_unattributed_seconds=0.249999,
    hooked_seconds=3.01,
    forecast=EpochForecast(10, 60_000, 4690, 4690 * 5.0, (4690 * 4.95, 4690 * 5.05)),
)
MIXED = replace(
    STEP,
    device="cuda:0",
    device_name="Example GPU",
    dtype="float16",
    autocast=True,
    loss="model",
    samples=(5.0,) * 3,
    phases=tuple(replace(phase, samples=phase.samples[:3]) for phase in STEP.phases),
    reliable=False,
    warnings=("cpu_starved", HOSTILE),
    complete=False,
    frozen_params=0,
    layers=(LayerBackward(HOSTILE, HOSTILE, 5, 1.0),),
)
TRAINING = Benchmarks("alexnet", (), {"python": "3.11"}, training=(STEP, MIXED))
FULL_PROFILE = replace(ALEXNET_PROFILE, crosscheck=CHECKS.crosscheck, benchmarks=(CPU,), environment={"os": "Linux"})


FULL_PROFILE = replace(
    ALEXNET_PROFILE,
    crosscheck=CHECKS.crosscheck,
    benchmarks=(CPU,),
    environment={"os": "Linux"},
    roofline=(roofline_of(ALEXNET_PROFILE, CPU),),
)

_HOSTILE_LAYERS = (
    replace(layer(HOSTILE, "conv2d", HOSTILE, (8, 5, 5), 80, 2_000, 4_000), receptive_field=None),
    replace(layer("block.[x]", "my_op", "Block", (8, 5, 5), 7, 0, 0), count=None, arithmetic_intensity=None),
)
_UNCOUNTED = (Uncounted("block.[x]", "my_op", 2, 400), Uncounted("", HOSTILE, 1, 3))
_HOSTILE_BILL = (BillItem(HOSTILE, 18_432, (HOSTILE,)),)
_HOSTILE_TIMES = (LayerTime(HOSTILE, 0, "conv2d", 1e-3),)
_HOSTILE_ROOF = replace(
    roof_of(_HOSTILE_LAYERS[0], _HOSTILE_TIMES[0]), family=HOSTILE, roof=HOSTILE, level=HOSTILE, bound_seconds=2e-3
)
_HOSTILE_PROBE = replace(CEILING.compute[0], name=HOSTILE, size=HOSTILE)
_HOSTILE_CEILING = replace(CEILING, device_name=HOSTILE, compute=(_HOSTILE_PROBE,), warnings=(HOSTILE,), short=True)
HOSTILE_PROFILE = replace(
    profile_of(HOSTILE, _HOSTILE_LAYERS, uncounted=_UNCOUNTED),
    inputs=(Input(HOSTILE, (1, 8), "float32"),),
    crosscheck=(replace(THOP, peer=HOSTILE, terms=_HOSTILE_BILL), replace(MISSING, error=HOSTILE)),
    benchmarks=(replace(CPU, device_name=HOSTILE, warnings=(HOSTILE,), layers=_HOSTILE_TIMES),),
    roofline=(replace(roofline_of(ALEXNET_PROFILE, CPU), ceiling=_HOSTILE_CEILING, layers=(_HOSTILE_ROOF,)),),
    environment={HOSTILE: HOSTILE},
)


def compared(profile: Profile, first: Profile) -> Compared:
    """A profile as an entry of a comparison."""
    return Compared(
        model=profile.model,
        inputs=tuple(tensor.shape for tensor in profile.inputs),
        complete=profile.complete,
        layers=len(profile.layers),
        weighted_layers=sum(1 for layer in profile.layers if layer.params),
        totals=profile.totals,
        groups=profile.groups,
        params_ratio=profile.totals.params / first.totals.params,
        macs_ratio=profile.totals.macs / first.totals.macs,
    )


OVERLAPPING = replace(
    ALEXNET_PROFILE,
    overlapping=(
        Overlap(
            "features.2", "max_pool2d", 0, (1, 64, 55, 55), (3, 3), (2, 2), (1, 64, 27, 27), 373_248, 774_400, 186_624,
            (1, 64, 27, 27), 139_968, 774_400, 186_624,
        ),
        Overlap(HOSTILE, HOSTILE, 1, (1, 8, 8), (2,), (1,), (1, 8, 7), 56, 256, 224, (1, 8, 8), 0, 256, 256),
    ),
)  # fmt: skip

_SIGMOID = Activation(
    name="sigmoid",
    op="sigmoid",
    module="Sigmoid",
    settings="",
    elements=8,
    multiplies=0,
    adds=8,
    divides=8,
    compares=0,
    specials=8,
    bytes_read=32,
    bytes_written=32,
    alive=(-4.585, 4.585),
    value=(0.0, 0.5, 1.0),
    gradient=(0.0, 0.25, 0.0),
)
_RELU = replace(_SIGMOID, name="relu", adds=0, divides=0, specials=0, compares=8, alive=(0.005, 10.0))
_ACROSS = replace(_RELU, name=HOSTILE, op=HOSTILE, settings=HOSTILE, also=HOSTILE, alive=None, value=(), gradient=())
_ACTIVATION_TIMES = tuple(LayerTime(name, 0, name, 8e-9 * (1 + i)) for i, name in enumerate(("relu", "sigmoid")))
ACTIVATIONS = Activations(
    (1, 2, 2, 2), "float32", (-10.0, 0.0, 10.0), (_RELU, _SIGMOID, replace(_ACROSS, across_channels=True))
)
_DOUBTED = replace(CPU, layers=_ACTIVATION_TIMES, warnings=(HOSTILE,), reliable=False)
TIMED_ACTIVATIONS = replace(ACTIVATIONS, benchmarks=(_DOUBTED,), environment={})

_HALF = profile_of("alexnet-half", ALEXNET_PROFILE.layers[:12])
COMPARISON = Comparison(
    tuple(compared(profile, ALEXNET_PROFILE) for profile in (ALEXNET_PROFILE, _HALF, HOSTILE_PROFILE))
)


def figures_of(layer: Layer) -> Figures:
    """A row as a side of a change."""
    names = [field.name for field in fields(Figures) if field.name != "complete"]
    return Figures(**{name: getattr(layer, name) for name in names}, complete=layer.count is not None)


_FIGURES = [figures_of(layer) for layer in (*ALEXNET_PROFILE.layers[:2], *HOSTILE_PROFILE.layers)]
_SLOWER = TimeChange(
    "alexnet", HOSTILE, "cpu", 1, "float32", 2, "contiguous", "eager", 0.02, 0.03, 1.5, (1.4, 1.6), SLOWER
)
CHANGES = Comparison(
    tuple(compared(profile, ALEXNET_PROFILE) for profile in (ALEXNET_PROFILE, HOSTILE_PROFILE)),
    unchanged=20,
    changes=(
        Change(CHANGED, "features.0", "conv2d", 0, _FIGURES[0], replace(_FIGURES[0], macs=5, input_shapes=((2, 3),)),
               ("macs", "input_shapes")),
        Change(REMOVED, "features.1", "relu", 0, _FIGURES[1], None),
        Change(ADDED, HOSTILE, HOSTILE, 1, None, _FIGURES[3]),
    ),
    times=(
        _SLOWER,
        replace(_SLOWER, ratio=None, ratio_ci95=None, verdict=UNSETTLED, surroundings=("torch_version", HOSTILE)),
        replace(_SLOWER, mode="compile", ratio_ci95=None, verdict=UNSETTLED, reason=HOSTILE),
    ),
    remarks=(HOSTILE,),
    increases=(Increase(HOSTILE, "macs", 0.05, HOSTILE, OVER), Increase("alexnet", "latency", 0.0, "", UNKNOWN)),
)  # fmt: skip

BUDGETS = Check(
    verdict=OVER,
    checked=(
        Checked(
            HOSTILE,
            HOSTILE_PROFILE.inputs,
            counts=(
                CountBudget("macs", 1_000, 2_000, None, OVER, HOSTILE, "", (Weight(HOSTILE, HOSTILE, 1, 2_000),)),
                CountBudget("flops", 10_000, 4_000, None, UNKNOWN, reason=HOSTILE),
                CountBudget("param_bytes", 348, 348, 348, WITHIN),
            ),
            latencies=(
                LatencyBudget(
                    0.01,
                    0.02,
                    (0.019, 0.021),
                    OVER,
                    "cpu",
                    1,
                    "float32",
                    2,
                    "",
                    (TimeWeight(HOSTILE, HOSTILE, 0, 0.01),),
                ),
                LatencyBudget(0.02, 0.02, (0.019, 0.021), UNKNOWN, HOSTILE, 1, "float32", 2, HOSTILE),
            ),
        ),
    ),
    source=HOSTILE,
)

_CONVOLUTION = layer("0", "conv2d", "Conv2d", (256, 56, 56), 9, 18, 36)
_STACK = compared(profile_of("conv3x3-256 x3", (_CONVOLUTION,)), ALEXNET_PROFILE)
_STACK = replace(_STACK, receptive_field=(7, 7), nonlinearities=3)
_OTHER = replace(_STACK, model=HOSTILE, inputs=((1, 8, 8, 8),), nonlinearities=None)
STACKS = Comparison((_STACK, _OTHER))

_READING = Reading("alexnet-bvlc", "macs", "convolutions", 10, 6_657_848_640, None, "rounded")
_SHARE = Reading("alexnet", "parameters", "convolutions", 1, 2_469_696, 61_100_840, "")
PUBLISHED = Published(
    "alexnet",
    (
        PublishedFigure("alexnet", "6.66 G", "MACs", "a README", _READING, "rounded", (_READING, _SHARE)),
        PublishedFigure(
            "alexnet", "6 %", "of it", HOSTILE, _SHARE, "truncated", (), _READING, (BillItem(HOSTILE, -3),), url=HOSTILE
        ),
        PublishedFigure(HOSTILE, "7 %", HOSTILE, HOSTILE, _SHARE, "rounded", (), _SHARE, (), HOSTILE, explained=False),
    ),
)

FORECAST = Forecast(
    device=OnPaper("h100", "Example H100", "gpu", 66.9e12, 3.35e12, 85_899_345_920, ("a data sheet",)),
    batch=8,
    dtype="fp32",
    training=True,
    seconds=3.5e-3,
    interval_seconds=(2.5e-3, 5e-3),
    level=0.8,
    forward_seconds=1e-3,
    backward_seconds=2e-3,
    update_seconds=5e-4,
    needed_bytes=733_210_080,
    remarks=tuple(REMARKS),
    layers=(
        LayerForecast(
            "features.0", "conv2d", 0, "convolution", 1_124_428_800, 11_056_384, 0.5, "compute", 7e-4, 1.5e-3
        ),
        LayerForecast("features.1", "relu", 0, "memory", 1_548_800, 12_390_400, 0.5, "memory", 3e-4, 0.0),
    ),
)
_HOSTILE_DEVICE = OnPaper(HOSTILE, HOSTILE, "cpu", 1e12, 1e11, None, (HOSTILE,))
_HOSTILE_FORECAST = replace(
    FORECAST,
    device=_HOSTILE_DEVICE,
    training=False,
    remarks=(HOSTILE,),
    layers=(LayerForecast(HOSTILE, HOSTILE, 1, HOSTILE, 0, 0, 0.1, HOSTILE, 1e-6),),
)
FORECASTS = Forecasts(HOSTILE, (FORECAST, _HOSTILE_FORECAST))


_STEP = Need(
    peak_bytes=340,
    param_bytes=100,
    buffer_bytes=0,
    input_bytes=20,
    optimizer_bytes=100,
    activation_bytes=10,
    saved_bytes=30,
    gradient_bytes=80,
    saved_total_bytes=50,
    peak=2,
    timeline=(
        Moment("forward", HOSTILE, "convolution", 0, 270, 50, 0, 50, 0),
        Moment("loss", "", HOSTILE, 0, 270, 0, 0, 50, 0),
        Moment("backward", HOSTILE, "convolution_backward", 1, 340, 90, 20, 30, 80),
        Moment("optimizer", "", "add_", 0, 300, 0, 40, 0, 80),
    ),
)
_FORWARD = Need(150, 100, 0, 20, 0, 30, 0, 0, 0, 0, (Moment("forward", HOSTILE, "conv2d", 0, 150, 30, 0),))
MEMORY = Memory(
    model=HOSTILE,
    inputs=(Input("input", (1, 5), "float32"),),
    batch=1,
    dtype="float32",
    optimizer="sgd-momentum",
    amp="bfloat16",
    loss="cross-entropy",
    inference=_FORWARD,
    layers=(MemoryLayer(HOSTILE, "conv2d", 0, 100, 30, 150, 50), MemoryLayer("", HOSTILE, 1, 0, 0, 120, 0)),
    training=_STEP,
    not_predicted=HOSTILE,
    measured=(
        Measured("inference", "cpu", "allocator events", 120, 170, 150, (MeasuredCall(HOSTILE, 0, 170, 150),), 4096),
        Measured("training", "cuda", HOSTILE, 220, 339),
    ),
    fits=(Fit("inference", 3 * 2**30, 17, 3 * 2**30 - 1, 3 * 2**30 + 1), Fit("training", 10, 0, 0, 340)),
)


ROOFLINE = roofline_of(ALEXNET_PROFILE, CPU)
UNDER_ROOFS = replace(BENCHMARKS, benchmarks=(CPU,), roofline=(ROOFLINE,))
_STAGES = {"decode": 2.9e-3, "resize": 7.5e-4, "random crop": 1.5e-4, "mirror": 7.5e-5, "colour noise": 3.5e-4}


def per_image(seconds: float, *warnings: str) -> PerImage:
    """A time known to 1 %."""
    samples = tuple(seconds * (1 + i / 1000) for i in range(20))
    return PerImage(seconds, (0.99 * seconds, 1.01 * seconds), samples, "unusable" not in warnings, warnings)


_ALONE = ModelAlone("cpu", "Example CPU", "float32", 2, "inference", True, per_image(0.01))
PIPELINE = Pipeline(
    model="alexnet",
    recipe=PipelineRecipe((500, 375), 256, (224, 224), True, 32, 8, 64, 111_659),
    stages=tuple(Stage(name, time, (0.9 * time, 1.1 * time), (time,) * 20) for name, time in _STAGES.items()),
    whole=per_image(4.5e-3),
    loaders=tuple(Workers(workers, per_image(time)) for workers, time in ((0, 4.5e-3), (1, 5e-3), (2, 2.5e-3))),
    models=(_ALONE, ModelAlone("cuda:0", HOSTILE, "float32", 2, "inference", False, per_image(1e-3, "noisy"))),
    loops=(
        *(
            Loop("cpu", "inference", workers, per_image(time))
            for workers, time in ((0, 0.0145), (1, 0.013), (2, 0.0125))
        ),
        *(Loop("cuda:0", "inference", workers, per_image(time)) for workers, time in ((0, 5.5e-3), (1, 5e-3))),
        Loop("cuda:0", "inference", 2, per_image(2.5e-3, "oversubscribed", "unusable")),
    ),
    environment={"python": "3.11"},
)
HOSTILE_PIPELINE = replace(PIPELINE, model=HOSTILE, stages=(Stage(HOSTILE, 1e-3, (1e-3, 1e-3), (1e-3,)),))

FREEZING = Freezing(
    freeze=("features",),
    train_only=(),
    params=100,
    complete=True,
    ends="classifier.1",
    before=Learning(100, 400, 1000),
    after=Learning(25, 100, 10),
)
HOSTILE_FREEZING = Freezing((HOSTILE,), (HOSTILE, "*"), 100, False, None, Learning(100, 0, None), Learning(0, 0, None))
FROZEN_PROFILE = replace(ALEXNET_PROFILE, freezing=FREEZING)
FROZEN_MEMORY = replace(
    MEMORY,
    model="alexnet",
    freezing=replace(
        FREEZING, complete=False, before=Learning(100, 400, 9, 800, 70, 2000), after=Learning(25, 100, 1, 200, 7, 600)
    ),
)
_HALVES = (((0, 3),), ((3, 5),))
_EVERY = (((0, 5),), ((0, 5),))
_THERE = (
    Crossing("input", 0, 1, ((0, 3),), 24, 24),
    Crossing("input", 1, 0, ((3, 5),), 16, 16),
)
_PARTS = (
    PartitionedLayer(HOSTILE, "conv2d", 0, "convolution", SPLIT, (2, 5, 1), 1, _HALVES, (), (), 15, (9, 6), 60, None),
    PartitionedLayer(
        "fc",
        HOSTILE,
        1,
        "other",
        GATHERED,
        (2, 5),
        1,
        _EVERY,
        (Needed("input", 1, 5, _EVERY),),
        _THERE,
        0,
        (0, 0),
        0,
        80,
    ),
    PartitionedLayer("", "output", 0, "output", COLLECTED, (2, 5), 1, _EVERY, (), (), 0, (0, 0), 0),
)
PARTITION = Partition(
    model=HOSTILE,
    ways=2,
    inputs=(Input("input", (2, 3), "float32"),),
    batch=2,
    dtype="float32",
    optimizer="adam",
    lrn="within",
    grouped=(HOSTILE,),
    layers=_PARTS,
    slices=(Slice(HOSTILE, 0, _HALVES),),
    cards=(Card(9, 36, 0, 36, 72, 48, 16, 400), Card(6, 24, 0, 24, 48, 32, 24, 300)),
    single=Card(15, 60, 0, 60, 120, 80, 0, 600),
    copied_gradient_bytes=8,
    unread=7,
    not_predicted=HOSTILE,
    limit_bytes=500,
    run=Run(
        "gloo",
        (Counted(HOSTILE, "conv2d", 0, 0, 0), Counted("fc", HOSTILE, 1, 40, 39), Counted("", "output", 0, 0, 0)),
        1e-3,
        1e-16,
        1e-12,
    ),
)
EXPLANATION = Explanations(
    model="alexnet",
    inputs=(Input("input", (1, 3, 224, 224), "float32"),),
    layers=(
        Explanation(
            *("features.0", "conv2d", "Conv2d", 0, ((1, 3, 224, 224),), ((1, 64, 55, 55),)),
            equation=("y[n, o, p] = b[o] + Σ_c Σ_k w[o, c, k] · x[n, c(o), S·p − P + D·k]", "with a second line"),
            counting="Each output value takes K^d·C_in/g multiplications.",
            source="torch.nn.Conv2d",
            letters=(Letter("C_in", "input channels", 3), Letter("K", "kernel size", 11), Letter("S", "stride", 4)),
            functions=(),
            steps=(
                Step("H_out", "⌊(H_in + 2·P − K)/S⌋ + 1", "⌊(224 + 2·2 − 11)/4⌋ + 1", 55, 55.25),
                Step("params", "K²·C_in·C_out + C_out", "11²·3·64 + 64", 23_296),
                Step("macs", "K²·C_in·C_out·H_out·W_out", "11²·3·64·55·55", 70_276_800),
                Step("multiplies", "K²·C_in·C_out·H_out·W_out", "11²·3·64·55·55", 70_276_800),
                Step("specials", "3", "3", 3),
            ),
        ),
        Explanation(
            *("avgpool", "adaptive_avg_pool2d", "", 1, ((1, 256, 7, 7),), ((1, 256, 6, 6),)),
            *((), "", "", (Letter("C", "channels", 256),)),
            functions=(Function("gcd(a, b)", "greatest common divisor"), Function("min(a, b)", "the smaller one")),
            steps=(Step("adds", "C·min(H, gcd(H, 6))/2", "256·min(6, gcd(6, 6))/2", 768),),
        ),
        Explanation("dropout", "dropout", "Dropout", 0, ((1, 9216),), ((1, 9216),), ("y = x",), "", "", (), (), ()),
        Explanation("again", "dropout", "Dropout", 0, ((1, 9216),), ((1, 9216),), ("y = x",), "", "", (), (), ()),
    ),
    unexplained=(Unexplained("features.1", "deform"), Unexplained("", "deform")),
)
HOSTILE_EXPLANATION = Explanations(
    HOSTILE,
    (Input(HOSTILE, (1,), HOSTILE),),
    (
        Explanation(
            *(HOSTILE, HOSTILE, HOSTILE, 0, ((1,),), ((1,),), (HOSTILE,), HOSTILE, HOSTILE),
            (Letter(HOSTILE, HOSTILE, 1),),
            (Function(HOSTILE, HOSTILE),),
            (Step(HOSTILE, HOSTILE, HOSTILE, 1), Step("macs", "a_b/$x$", "1", 1)),
        ),
    ),
    (Unexplained(HOSTILE, HOSTILE),),
)
_SIZES = {"N": 1, "H": 8, "W": 8}
FORMULA = Formula(
    model=HOSTILE,
    inputs=(FormulaInput("input", ("N", "3", "H", "W"), "float32"),),
    letters=(SizeLetter("N", 1), SizeLetter("H", 8, 3), SizeLetter("W", 8, 3, 64, 8)),
    conditions=("H - W",),
    figures=(
        Figure("params", "28", "28", 28),
        Figure("macs", "N*(27*(H//2)*W + 1)", "N·(27·⌊H/2⌋·W + 1)", 865),
        Figure("divides", HOSTILE, HOSTILE, 0),
    ),
    layers=(LayerFormula(HOSTILE, "conv2d", 0, 28, "27*N*H*W", "54*N*H*W", "4*N*H*W", 2),),
    checked=(_SIZES, {"N": 2, "H": 16, "W": 24}),
    solutions=(Solution(HOSTILE, "macs", "<", 900, _SIZES, 865, {"N": 1, "H": 9, "W": 9}, 973),),
    evaluations=(FormulaEvaluation({"N": 2, "H": 4, "W": 4}, {"params": 28, "macs": 434, "divides": 0}),),
)
_SIDES = ((1, 8), (1, 16), (4, 8), (4, 16))
SCALING = Scaling(
    model="alexnet",
    batches=(1, 4),
    points=tuple(
        ScalingPoint(
            {"N": n, "H": s, "W": s}, ((n, 3, s, s),), 28, 27 * n * s * s, 54 * n * s * s, 4 * n * s * s, 900 * n
        )
        for n, s in _SIDES
    ),
    layers=(
        LayerGrowth("features.0", "conv2d", 0, 2, "∝ HW", (3456, 13824)),
        LayerGrowth("fc", "linear", 0, 0, "constant", (64, 64)),
    ),
)
HOSTILE_SCALING = replace(SCALING, model=HOSTILE, layers=(LayerGrowth(HOSTILE, HOSTILE, 1, 4, HOSTILE, (1, 2)),))
_ONE = Evaluation("one crop", ((3, 224, 224),), 1, (1, 1), 714_188_480, 1_429_585_920)
_TEN = Evaluation("ten crops", ((3, 224, 224),), 10, (1, 1), 7_141_884_800, 14_295_859_200)
_DENSE = Evaluation("dense 256×320", ((3, 256, 320),), 1, (2, 4), 1_370_292_224, 2_742_803_456, 5_713_507_840)
_ALL = Evaluation("all", ((3, 256, 320), (3, 320, 256)), 2, (), 2_740_584_448, 5_485_606_912)
VIEWS = Views("alexnet", (3, 224, 224), True, (256, 320), (_ONE, _TEN), (_DENSE, _ALL), "", (355, 355))
NO_DENSE = Views(HOSTILE, (3, 32, 32), False, (36, 36), (replace(_ONE, name=HOSTILE),), None, HOSTILE)

REPORT = Report(
    (
        Reported(FULL_PROFILE, MEMORY, EXPLANATION.layers, (0, *[None] * (len(FULL_PROFILE.layers) - 1))),
        Reported(HOSTILE_PROFILE, lacking=(Lacking("time", "<b>no</b> time"),)),
    )
)

RECORDS: dict[str, Record] = {
    "an explanation": EXPLANATION,
    "a hostile explanation": HOSTILE_EXPLANATION,
    "a profile": ALEXNET_PROFILE,
    "a profile with everything": FULL_PROFILE,
    "a hostile, incomplete profile": HOSTILE_PROFILE,
    "a report": REPORT,
    "cross-checks": CHECKS,
    "benchmarks": BENCHMARKS,
    "training steps": TRAINING,
    "a comparison": COMPARISON,
    "changes": CHANGES,
    "budgets": BUDGETS,
    "stacks": STACKS,
    "activations": ACTIVATIONS,
    "timed activations": TIMED_ACTIVATIONS,
    "a profile of overlapping pools": OVERLAPPING,
    "published figures": PUBLISHED,
    "forecasts": FORECASTS,
    "memory": MEMORY,
    "a partition": PARTITION,
    "ceilings": CEILINGS,
    "benchmarks under roofs": UNDER_ROOFS,
    "a profile with layers frozen": FROZEN_PROFILE,
    "a hostile profile with layers frozen": replace(HOSTILE_PROFILE, freezing=HOSTILE_FREEZING),
    "memory with layers frozen": FROZEN_MEMORY,
    "training steps with layers frozen": replace(
        TRAINING, training=tuple(replace(step, freezing=FREEZING) for step in TRAINING.training or ())
    ),
    "formulas": FORMULA,
    "scaling": SCALING,
    "hostile scaling": HOSTILE_SCALING,
    "an input pipeline": PIPELINE,
    "a hostile input pipeline": HOSTILE_PIPELINE,
    "views of an image": VIEWS,
    "views of no whole image": NO_DENSE,
}
