"""An input pipeline as tables: its stages, its workers, and the model it feeds."""

from collections.abc import Iterable, Iterator, Sequence

from netstat.records.benchmark import FEWEST_FOR_INTERVAL
from netstat.records.pipeline import VERDICTS, WARNINGS, PerImage, Pipeline, PipelineRecipe, rate
from netstat.records.view import View
from netstat.reports._table import Column, Fact, Table, rows, share_column, title
from netstat.units import duration, exact, mebibytes, often, percent, plural, ratio
from netstat.units import rate as rate_text
from netstat.units import shape as shape_text


def pipeline_tables(record: Pipeline, view: View) -> Iterator[Table]:
    """Stages, loaders, and where there is a model what hides behind what."""
    yield _stages(record)
    yield _loaders(record)
    if record.verdicts:
        yield _verdicts(record)


def _stages(record: Pipeline) -> Table:
    whole = record.whole
    columns = [
        Column("name", "stage", left=True),
        Column("time", "time", duration, cell=lambda stage, _: stage.median_seconds),
        Column("interval", "95 % CI", cell=lambda stage, _: _interval(stage.ci95_seconds, stage.samples), rank=4),
        share_column("share", "time %", cell=lambda stage, _: (stage.median_seconds, whole.median_seconds)),
    ]
    rest = record.unattributed_seconds
    sums = [
        ["unattributed", rest, "", (rest, whole.median_seconds)],
        ["whole", whole.median_seconds, _interval(whole.ci95_seconds, whole.samples), (1.0, 1.0)],
    ]
    heading = title("input pipeline, an image in one thread", *_sizes(record.recipe))
    groups = [rows(columns, record.stages), sums]
    return Table(heading, columns, groups, list(_facts(record)), _doubts([("", whole)]))


def _sizes(recipe: PipelineRecipe) -> Iterator[str]:
    yield f"{shape_text(recipe.image)} to {recipe.resize} to {shape_text(recipe.crop)}"
    yield f"batch {exact(recipe.batch)}"


def _facts(record: Pipeline) -> Iterator[Fact]:
    recipe, alone = record.recipe, record.augmentation_seconds
    form = f"JPEGs of {mebibytes(recipe.encoded_bytes)} in memory" if recipe.decode else "decoded beforehand"
    yield "photographs", f"{exact(recipe.images)} synthetic ones, {form}"
    yield "throughput", rate_text(record.whole.images_per_second, "images")
    yield "samples", f"{exact(len(record.whole.samples))} of {plural(recipe.group, 'image')}"
    yield "augmentation", f"of it random crop, mirror and colour noise: {duration(alone)} an image"
    grown = "·".join(f"({recipe.resize} − {side})" for side in recipe.crop)
    printed, counted = exact(recipe.crops_in_print), exact(recipe.crops)
    yield "crops of an image", f"{grown}·2 = {printed} as the paper counts; {counted} with both ends"


def _loaders(record: Pipeline) -> Table:
    first = record.loaders[0].time.images_per_second if record.loaders else 0.0
    columns = [
        Column("workers", "workers", exact),
        Column("rate", "images/s", often, cell=lambda loader, _: loader.time.images_per_second),
        Column("interval", "95 % CI", cell=lambda loader, _: _rates(loader.time), rank=4),
        Column("times", "speed-up", ratio, cell=lambda loader, _: _times(loader.time.images_per_second, first)),
    ]
    doubts = _doubts((plural(loader.workers, "worker"), loader.time) for loader in record.loaders)
    return Table("data loader by itself, end to end", columns, [rows(columns, record.loaders)], notes=doubts)


def _times(images: float, first: float) -> float | None:
    return images / first if first else None


def _verdicts(record: Pipeline) -> Table:
    columns = [
        Column("device", "device", cell=lambda v, _: title(v.loop.device, v.loop.mode), left=True, rank=3),
        Column("workers", "workers", exact, cell=lambda v, _: v.loop.workers),
        Column("pipeline", "pipeline", often, cell=lambda v, _: v.loader.images_per_second),
        Column("model", "model", often, cell=lambda v, _: v.model.time.images_per_second),
        Column("overlapped", "if hidden", often, cell=lambda v, _: rate(v.overlapped_seconds), rank=1),
        Column("serial", "in turns", often, cell=lambda v, _: rate(v.serial_seconds), rank=2),
        Column("loop", "together", often, cell=lambda v, _: v.loop.time.images_per_second),
        Column("kept", "of model", lambda share: percent(share, 1, 1), cell=lambda v, _: v.kept),
        Column("hidden", "overlap", lambda share: percent(share, 1, 0), cell=lambda v, _: v.hidden, rank=4),
        Column("verdict", "verdict", cell=lambda v, _: v.code, left=True),
    ]
    heading = title("does the pipeline hide behind the model? images/s", record.model)
    return Table(heading, columns, [rows(columns, record.verdicts)], list(_models(record)), list(_words(record)))


def _models(record: Pipeline) -> Iterator[Fact]:
    for model in record.models:
        name = f"{model.device} ({model.device_name})" if model.device_name else model.device
        yield f"{model.mode} alone", title(name, model.dtype, plural(model.threads, "thread"))
        rates = rate_text(model.time.images_per_second, "images")
        yield "throughput", f"{rates}, 95 % CI {_rates(model.time)}"
        if model.mode == "inference":
            ten_crop = rate_text(model.time.images_per_second / 10, "images")
            yield "ten-crop test", f"{ten_crop} at the most: 10 forward passes for each"


def _words(record: Pipeline) -> Iterator[Fact]:
    """What the columns and the verdicts in them mean, and what casts doubt on them."""
    yield "if hidden", "the slower of pipeline and model alone; in turns: both one after the other"
    yield "overlap", "share of the pipeline's own time that the two together do not show"
    for code in dict.fromkeys(verdict.code for verdict in record.verdicts):
        yield code, VERDICTS[code]
    times = [(f"{model.device}, {model.mode} alone", model.time) for model in record.models]
    times += [(f"{loop.device}, {plural(loop.workers, 'worker')}", loop.time) for loop in record.loops]
    yield from _doubts(times)


def _doubts(times: Iterable[tuple[str, PerImage]]) -> list[Fact]:
    """Each warning once, with what it is about where that is not everything."""
    known = list(times)
    facts = []
    for code in dict.fromkeys(code for _, time in known for code in time.warnings):
        names = [name for name, time in known if code in time.warnings]
        facts.append(("warning", _about(names, len(known)) + WARNINGS.get(code, code)))
    if spoiled := [name for name, time in known if not time.reliable]:
        facts.append(("UNRELIABLE", _about(spoiled, len(known)) + "a warning above spoils this figure"))
    return facts


def _about(names: Sequence[str], all_there_are: int) -> str:
    return f"{'; '.join(names)}: " if len(names) < all_there_are else ""


def _interval(ends: tuple[float, float], samples: Sequence[float]) -> str:
    if len(samples) < FEWEST_FOR_INTERVAL:
        return "too few samples"
    return f"{duration(ends[0])} to {duration(ends[1])}"


def _rates(time: PerImage) -> str:
    """The interval of the rate: the fastest is the shortest time."""
    if len(time.samples) < FEWEST_FOR_INTERVAL:
        return "too few samples"
    low, high = time.ci95_seconds
    return f"{often(rate(high))} to {often(rate(low))}"
