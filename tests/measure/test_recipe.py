"""What an input pipeline is asked to do, refused where it cannot be done."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat.errors import UsageError
from netstat.measure import host
from netstat.measure.recipe import GROUP, MOST_IMAGES, PHOTOGRAPHS, recipe_of, worker_counts


def test_the_sizes_of_the_documents_are_the_ones_by_default() -> None:
    recipe = recipe_of()
    assert (recipe.image, recipe.resize, recipe.crop) == ((500, 375), 256, (224, 224))
    assert (recipe.decode, recipe.batch, recipe.group, recipe.images) == (True, 32, GROUP, MOST_IMAGES)


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 64))
def test_photographs_fit_into_memory_and_there_are_always_two(width: int, height: int, batch: int) -> None:
    recipe = recipe_of((width, height), batch=batch)
    assert 2 <= recipe.images <= MOST_IMAGES
    assert recipe.images == 2 or 3 * width * height * recipe.images <= PHOTOGRAPHS
    assert recipe.group == min(batch, GROUP)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image": (0, 375)}, "sizes and the batch of an input pipeline are positive whole numbers"),
        ({"batch": 0}, "sizes and the batch"),
        ({"crop": (224, -1)}, "sizes and the batch"),
        ({"crop": (299, 224)}, "a crop of 299×224 does not fit into images scaled to 256; scale them to 299 or more"),
        ({"image": (10**9, 10**9)}, "an image of the pipeline has at most 33,554,432 pixels"),
        ({"resize": 10**5}, "an image of the pipeline has at most 33,554,432 pixels"),
        ({"image": (10**7, 1)}, "an image of the pipeline has at most 65,500 pixels a side"),
    ],
)
def test_sizes_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        recipe_of(**options)


def test_workers_are_tried_in_powers_of_two_up_to_the_processors() -> None:
    counts, processors = worker_counts(None), len(host.affinity())
    assert counts[:2] == [0, 1]
    assert counts[-1] == processors
    assert all(count in (0, processors) or count.bit_count() == 1 for count in counts)


def test_workers_that_were_named_are_tried_once_each_in_that_order_however_many() -> None:
    assert worker_counts([2, 0, 2, 1000]) == [2, 0, 1000]


@pytest.mark.parametrize("workers", [[], [-1], [0, -2]])
def test_workers_that_cannot_be(workers: list[int]) -> None:
    with pytest.raises(UsageError, match="a data loader has 0 workers or more"):
        worker_counts(workers)
