"""`netstat pipeline`: images a second of the input pipeline, and whether they hide behind the model."""

from argparse import ArgumentParser, Namespace

from netstat.api.pipelines import pipeline_subject, recipe_for
from netstat.cli import _given as given
from netstat.cli import _output as output
from netstat.cli._arguments import output_options, time_options
from netstat.errors import UsageError
from netstat.frontends.subject import Subject
from netstat.records.pipeline import PipelineRecipe
from netstat.units import parse_shape


def configure(parser: ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("model", metavar="MODEL", nargs="?", help="what the pipeline feeds (default: nothing)")
    parser.add_argument("-i", "--input", action="append", metavar="SHAPE", help="the model's input without batch")
    parser.add_argument("-b", "--batch", default="32", metavar="N", help="images of a batch (default 32)")
    parser.add_argument("--image", default="500x375", metavar="WxH", help="size of the photographs (default 500x375)")
    parser.add_argument("--resize", default="256", metavar="N", help="short side after scaling (default 256)")
    parser.add_argument("--crop", metavar="N", help="side of the random crop (default: the model's, else 224)")
    parser.add_argument("--no-decode", action="store_true", help="photographs are pixels, not JPEGs in memory")
    parser.add_argument(
        "--workers", metavar="A,B", help="worker processes to try (default: 0, 1, 2, 4 … up to the processors)"
    )
    parser.add_argument("--train", action="store_true", help="feed a training step as well (SGD, cross-entropy)")
    time_options(parser)
    output_options(parser)


def run(options: Namespace) -> int:
    """Measure the pipeline alone, the model alone, and the two together."""
    from netstat.reports.table import record_text

    _check(options)
    workers = _workers(options)
    subject = given.subject(options) if options.model is not None else None
    recipe = _recipe(options, subject)
    trained = given.subject(options, training=True) if options.train else None
    with output.progress(options) as progress:
        record = pipeline_subject(
            subject,
            recipe,
            given.devices(options) if subject else (),
            trained=trained,
            workers=workers,
            dtype=options.dtype,
            threads=given.optional(options.threads, "--threads"),
            settings=given.settings(options) if options.quick else None,
            progress=progress,
        )
    output.show(record_text(record, **output.style()), options)
    output.deliver(record, options)
    return output.spoiled([record.reliable], options)


def _check(options: Namespace) -> None:
    """Refuse what could not be made or written, before any work is done."""
    output.check_outputs(options)
    given.check_times(options)
    if options.model is None:  # its sizes are all there is to be wrong
        _recipe(options, None)
        about_it = (("-i", options.input), ("--device", options.device), ("--train", options.train or None))
        if unused := next((name for name, value in about_it if value is not None), None):
            raise UsageError(f"{unused} is about the model that the pipeline feeds; name one")


def _recipe(options: Namespace, subject: Subject | None) -> PipelineRecipe:
    image = parse_shape(options.image)
    if len(image) != 2:
        raise UsageError(f"--image takes a width and a height, such as 500x375, got {options.image}")
    return recipe_for(
        subject,
        (image[0], image[1]),
        given.whole(options.resize, "--resize"),
        given.optional(options.crop, "--crop"),
        decode=not options.no_decode,
        batch=given.whole(options.batch, "--batch"),
    )


def _workers(options: Namespace) -> list[int]:
    from netstat.measure.recipe import worker_counts

    named = given.names(options.workers, "--workers")
    return worker_counts(None if named is None else [given.whole(text, "--workers", least=0) for text in named])
