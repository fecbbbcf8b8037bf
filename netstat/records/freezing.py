"""Which parameters are trained, and what of a training step goes away because the others are frozen. Computed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Learning:
    """What a training step takes besides its forward pass.

    Attributes:
        trainable_params: elements of the parameters that are trained.
        gradient_bytes: their gradients, each once; nothing for a parameter that no gradient reaches.
        backward_macs: multiply-accumulates of the backward pass, None where no operator of it has a formula.
        optimizer_bytes: the state of the optimizer; None where no optimizer was named.
        saved_bytes: what the forward pass saves for the backward pass; None where nobody went through the step.
        peak_bytes: the predicted peak of the step; None as above.
    """

    trainable_params: int
    gradient_bytes: int
    backward_macs: int | None
    optimizer_bytes: int | None = None
    saved_bytes: int | None = None
    peak_bytes: int | None = None

    @property
    def backward_flops(self) -> int | None:
        """Two operations per multiply-accumulate."""
        return None if self.backward_macs is None else 2 * self.backward_macs

    @property
    def momentum_bytes(self) -> int:
        """What SGD keeps for its momentum: a number beside each gradient."""
        return self.gradient_bytes

    @property
    def moments_bytes(self) -> int:
        """What Adam and AdamW keep: two numbers beside each gradient."""
        return 2 * self.gradient_bytes


@dataclass(frozen=True, slots=True)
class Freezing:
    """A model of which some parameters are trained, beside the same one with all of them trained.

    Attributes:
        freeze, train_only: the patterns that chose, as they were given; none of both where the model itself came so.
        params: elements of all its parameters.
        complete: whether every operator has a formula; if not, the backward passes are lower bounds.
        ends: path of the first layer that the backward pass reaches; None where it reaches none.
        before: with every parameter trained.
        after: with those that were chosen.
    """

    freeze: tuple[str, ...]
    train_only: tuple[str, ...]
    params: int
    complete: bool
    ends: str | None
    before: Learning
    after: Learning

    @property
    def frozen_params(self) -> int:
        """Elements of the parameters that are not trained."""
        return self.params - self.after.trainable_params
