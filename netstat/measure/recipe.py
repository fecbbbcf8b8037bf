"""What an input pipeline is asked to do, checked before anything is made or timed."""

from collections.abc import Sequence

from netstat.errors import UsageError
from netstat.measure import host
from netstat.records.pipeline import PipelineRecipe
from netstat.units import exact

MOST_PIXELS = 2**25  # of an image: a hundred megabytes as bytes, and several times that while it is made up
LONGEST = 65_500  # pixels a side: what libjpeg takes
MOST_IMAGES = 64  # different ones, so that none is in a cache when its turn comes again
PHOTOGRAPHS = 2**27  # bytes of pixels in all
GROUP = 8  # images of a sample of the stages: few, so that there are many samples; several, as every second is mirrored


def recipe_of(
    image: tuple[int, int] = (500, 375),
    resize: int = 256,
    crop: tuple[int, ...] = (224, 224),
    *,
    decode: bool = True,
    batch: int = 32,
) -> PipelineRecipe:
    """The recipe with these sizes; it does not say yet how large its photographs are as JPEG.

    Raises:
        UsageError: sizes that cannot be, or a crop that does not fit.
    """
    if min(*image, resize, *crop, batch) < 1:
        raise UsageError("sizes and the batch of an input pipeline are positive whole numbers")
    if max(crop) > resize:
        raise UsageError(
            f"a crop of {crop[0]}×{crop[1]} does not fit into images scaled to {resize}; "
            f"scale them to {max(crop)} or more (--resize)"
        )
    if max(image[0] * image[1], resize**2) > MOST_PIXELS:
        raise UsageError(f"an image of the pipeline has at most {exact(MOST_PIXELS)} pixels")
    if max(*image, resize) > LONGEST:
        raise UsageError(f"an image of the pipeline has at most {exact(LONGEST)} pixels a side")
    number = max(2, min(MOST_IMAGES, PHOTOGRAPHS // (3 * image[0] * image[1])))
    return PipelineRecipe(image, resize, crop, decode, batch, min(batch, GROUP), number, encoded_bytes=0)


def worker_counts(workers: Sequence[int] | None) -> list[int]:
    """The numbers of workers to try, each once; by default 0, 1, 2, 4 … and as many as there are processors.

    Raises:
        UsageError: a number below 0, or none at all.
    """
    if workers is None:
        processors = len(host.affinity())
        return sorted({0, processors, *(2**i for i in range(processors.bit_length()))})
    if not workers or min(workers) < 0:
        raise UsageError("a data loader has 0 workers or more; write for example 0,1,2")
    return list(dict.fromkeys(workers))
