"""The input pipeline, alone or feeding a resolved model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from netstat.api.subjects import Ways, benchmark_subject
from netstat.api.training import training_subject
from netstat.errors import UsageError
from netstat.frontends.subject import IMAGE, Subject
from netstat.units import shape as shape_text

if TYPE_CHECKING:
    from netstat.measure.feeding import Fed
    from netstat.measure.sampling import Progress
    from netstat.measure.settings import Settings
    from netstat.records.pipeline import Pipeline, PipelineRecipe


def recipe_for(
    subject: Subject | None,
    image: tuple[int, int],
    resize: int,
    crop: int | None,
    *,
    decode: bool,
    batch: int,
) -> "PipelineRecipe":
    """The recipe whose crops a resolved model takes; without a model they are 224×224.

    Raises:
        UsageError: the model takes no colour images, or none of this size; or sizes that cannot be.
    """
    from netstat.measure.recipe import recipe_of

    taken = IMAGE[1:] if subject is None else _image_size(subject)
    if crop is not None and subject is not None and taken != (crop, crop):
        name, sizes = subject.graph.model, shape_text(taken)
        raise UsageError(f"'{name}' takes images of {sizes} here, not of {crop}×{crop}; leave out --crop, or give -i")
    return recipe_of(image, resize, taken if crop is None else (crop, crop), decode=decode, batch=batch)


def _image_size(subject: Subject) -> tuple[int, ...]:
    inputs = subject.graph.inputs
    shapes = [spec.shape[1:] for _, spec in inputs]
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][0] != 3 or "float" not in inputs[0][1].dtype:
        taken = ", ".join(f"{shape_text(shape)}" for shape in shapes) or "nothing"
        raise UsageError(
            f"an input pipeline makes colour images, 3×H×W, and '{subject.graph.model}' takes {taken}; "
            "leave the model out to measure the pipeline alone"
        )
    return shapes[0][1:]


class _Options(NamedTuple):
    """How each benchmark is taken."""

    settings: "Settings | None"
    progress: "Progress | None"


def pipeline_subject(
    subject: Subject | None,
    recipe: "PipelineRecipe",
    devices: Sequence[str] = (),
    *,
    trained: Subject | None = None,
    workers: Sequence[int] | None = None,
    dtype: str = "float32",
    threads: int | None = None,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Pipeline":
    """Times of the pipeline, of a resolved model on each device, and of the two together.

    Args:
        subject: the model; None measures the pipeline alone.
        recipe: made by `recipe_for`.
        devices: names of them.
        trained: the same model captured in training mode, if a training step is to be fed as well.
        workers, dtype, threads, settings, progress: as for `pipeline`.
    """
    import torch  # noqa: F401  the surroundings tell of it where it is loaded

    from netstat.measure import loading
    from netstat.measure.environment import environment
    from netstat.measure.host import load_average
    from netstat.measure.pipeline import SETTINGS, pipeline
    from netstat.measure.sampling import silent

    load, state, fed = load_average(), environment(devices), list["Fed"]()
    ways, options = Ways(devices=devices, dtypes=[dtype], threads=[threads]), _Options(settings, progress)
    if subject is not None:  # first of all, before the pipeline's own work is part of the machine's load
        fed += _inference(subject, ways, options)
    if trained is not None:
        fed += _training(trained, ways, options)
    made = pipeline(
        recipe,
        fed,
        model=subject.graph.model if subject else "",
        workers=workers,
        threads=threads,
        settings=settings or SETTINGS,
        load=load,
        environment=state | loading.environment(),
        progress=progress or silent,
    )
    return subject.sign(made) if subject else made


def _inference(subject: Subject, ways: Ways, options: _Options) -> "list[Fed]":
    from netstat.measure.feeding import inference
    from netstat.records.benchmark import firsts

    times = benchmark_subject(subject, ways, settings=options.settings, progress=options.progress).benchmarks
    return [inference(subject.module(), time, owned=subject.owned) for time in firsts(times)]


def _training(subject: Subject, ways: Ways, options: _Options) -> "list[Fed]":
    from netstat.measure.feeding import training
    from netstat.measure.regime import STANDARD

    times = training_subject(subject, ways, STANDARD, settings=options.settings, progress=options.progress)
    return [training(subject.module(), step) for step in times.training or ()]
