"""Worker processes come, work and go, and nobody's random numbers are touched."""

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from netstat.errors import ModelError, UsageError  # noqa: E402
from netstat.frontends.augmentation import Photographs, decoded, photographs, steps  # noqa: E402
from netstat.measure import loading  # noqa: E402
from netstat.measure.loading import batches, check_shared_memory  # noqa: E402
from netstat.measure.recipe import recipe_of  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")]

RECIPE = recipe_of((24, 20), resize=16, crop=(12, 12), batch=3)


def dataset() -> Photographs:
    return Photographs(photographs(24, 20, 4), steps(RECIPE))


def breaks(encoded: Any) -> Any:
    raise ValueError("no picture")


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_a_loader_gives_batch_after_batch(workers: int) -> None:
    with batches(dataset(), 3, workers) as next_batch:
        made = [next_batch() for _ in range(9)]
        assert len(multiprocessing.active_children()) == workers
    assert {(tuple(batch.shape), batch.dtype) for batch in made} == {((3, 3, 12, 12), torch.float32)}
    assert not torch.equal(made[0], made[4])  # the same photographs, otherwise cropped and shifted
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_workers_that_inherit_nothing_do_as_well() -> None:
    with batches(dataset(), 3, 1, start_method="spawn") as next_batch:
        assert next_batch().shape == (3, 3, 12, 12)
    assert multiprocessing.active_children() == []


def test_workers_are_gone_when_who_is_fed_fails() -> None:
    def feed() -> None:
        with batches(dataset(), 3, 2) as next_batch:
            next_batch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        feed()
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [0, 1])
def test_the_users_random_numbers_are_drawn_by_nobody_but_the_calling_process(workers: int) -> None:
    before = torch.get_rng_state()
    with batches(Photographs([bytes(1)], {"constant": lambda source: torch.zeros(1)}), 3, workers) as next_batch:
        next_batch()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_stage_that_fails_is_said_in_one_line(workers: int) -> None:
    broken = Photographs(photographs(24, 20, 1), {"decode": breaks})
    said = r"^the input pipeline broke off: ValueError: no picture$"
    with batches(broken, 3, workers) as next_batch, pytest.raises(ModelError, match=said):
        next_batch()
    assert multiprocessing.active_children() == []


def test_a_worker_that_is_killed_is_said_in_one_line() -> None:
    with batches(dataset(), 3, 1) as next_batch:
        next_batch()
        (worker,) = multiprocessing.active_children()
        worker.kill()
        died = r"^the input pipeline broke off: (RuntimeError: DataLoader worker|a worker process died \()"
        with pytest.raises(ModelError, match=died):
            all(True for _ in iter(next_batch, None))
    assert multiprocessing.active_children() == []


def test_shared_memory_that_is_too_small_is_refused_before_a_worker_dies_of_it(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"^2 workers need .* of shared memory .* use a smaller batch or fewer workers"
    ):
        check_shared_memory(2**50, 128, 2, tmp_path)
    check_shared_memory(2**50, 128, 0, tmp_path)
    check_shared_memory(2**50, 128, 2, tmp_path / "a system without such a folder")
    check_shared_memory(1, 1, 2, tmp_path)


def test_the_surroundings_name_what_decodes_and_how_workers_start() -> None:
    told = loading.environment()
    assert told["data_loader_start_method"] in multiprocessing.get_all_start_methods()
    assert {"torchvision_version", "pillow_version", "data_loader_prefetch_factor"} < told.keys()


def test_pixels_are_decoded_as_they_were_encoded() -> None:
    pixels = decoded(photographs(64, 48, 1)[0])
    assert (tuple(pixels.shape), pixels.dtype) == ((3, 48, 64), torch.uint8)
    assert pixels.float().std() > 20  # a photograph is not grey
