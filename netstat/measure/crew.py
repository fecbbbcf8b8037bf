"""The processes of one run: begun together, so that what they import is imported at the same time; ended together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from netstat.measure.worker import Worker

Start = Callable[[], Worker]


class Crew:
    """Workers that are there at the same time, or one after the other where memory would not hold them all.

    To be used in a `with` statement, which ends every process that was begun.

    Args:
        starts: begin a worker each.
    """

    def __init__(self, starts: Sequence[Start]) -> None:
        self._starts = starts
        self._workers: dict[int, Worker] = {}
        self._opened = False
        self.together = True

    def __len__(self) -> int:
        return len(self._starts)

    def __enter__(self) -> "Crew":
        try:
            for index, start in enumerate(self._starts):
                self._workers[index] = start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def first(self) -> Worker:
        """To be asked about the machine; it has no model yet."""
        return self._workers[0]

    def one_at_a_time(self) -> None:
        """There is no memory for all of them: from now on `one` is how to have them."""
        self.together = False
        self._end()

    def open(self) -> None:
        """Have all of them begin to get the model; to be called at most once."""
        self._opened = True
        for worker in self._workers.values():
            worker.open()

    @contextmanager
    def all(self) -> Iterator[Sequence[Worker]]:
        """All of them, with the model; they stay until the end."""
        if not self._opened:
            self.open()
        workers = list(self._workers.values())
        for worker in workers:
            worker.ready()
        yield workers

    @contextmanager
    def one(self, index: int) -> Iterator[Worker]:
        """One of them, fresh, with the model; gone afterwards."""
        worker = self._starts[index]()
        try:
            worker.open()
            worker.ready()
            yield worker
        finally:
            worker.close()

    def _end(self) -> None:
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()
