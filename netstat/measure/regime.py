"""What to train by, and what to forecast from it."""

from dataclasses import dataclass

from netstat.errors import UsageError


@dataclass(frozen=True, slots=True)
class Regime:
    """A training run.

    Attributes:
        optimizer: a key of `optimizers.OPTIMIZERS`.
        loss: a key of `losses.LOSSES`.
        epochs, images: passes over so many examples, to be forecast; both or neither.
    """

    optimizer: str = "sgd"
    loss: str = "cross-entropy"
    epochs: int | None = None
    images: int | None = None

    def check(self) -> None:
        """Refuse what could not be, before any work is done.

        Raises:
            UsageError: no such optimiser or loss, or half a forecast.
        """
        from netstat.analysis.training import check_forecast
        from netstat.frontends.losses import LOSSES
        from netstat.frontends.optimizers import OPTIMIZERS

        _ = OPTIMIZERS[self.optimizer], LOSSES[self.loss]
        check_forecast(self.epochs, self.images)

    def check_idle(self) -> None:
        """Refuse anything that was asked for, because nothing will be trained.

        Raises:
            UsageError: something was.
        """
        if self != STANDARD:
            raise UsageError("optimizer, loss, epochs and images are of a training step; add --train (training=True)")


STANDARD = Regime()
