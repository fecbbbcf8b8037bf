"""Normalisation over neighbouring channels and over the batch."""

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar, NamedTuple

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import Size, least
from netstat.ops.base import Operator, Specs, operator, refuse_rank, traffic
from netstat.ops.sight import Sight, gathered, window

# Letters of norms that have figures per channel.
CHANNELS = {
    "input": "N? C | N? C L? | N? C H? W? | N? C T? H? W?",
    **dict.fromkeys(("weight", "bias", "running_mean", "running_var"), "C"),
}


class LocalResponseParameters(NamedTuple):
    """Local response normalisation as PyTorch states it: b = a / (k + alpha/size · Σ a²)^beta over `size` channels.

    The paper and TensorFlow do not divide alpha by the size of the window, and TensorFlow gives half of the window: the
    same layer has other numbers in each. Sources: Krizhevsky et al. 2012; torch.nn.LocalResponseNorm.

    Attributes:
        size: channels in the window, the value's own with them.
        alpha: factor of the mean of the squares.
        beta: exponent.
        k: what is added to it.
    """

    size: int
    alpha: float
    beta: float
    k: float

    @classmethod
    def from_paper(cls, n: int, alpha: float, beta: float, k: float) -> "LocalResponseParameters":
        """From Krizhevsky et al. 2012, section 3.3: b = a / (k + alpha · Σ a²)^beta over channels i − n/2 … i + n/2."""
        return cls.from_tensorflow(n // 2, k, alpha, beta)

    @classmethod
    def from_tensorflow(cls, depth_radius: int, bias: float, alpha: float, beta: float) -> "LocalResponseParameters":
        """From tf.nn.local_response_normalization: b = a / (bias + alpha · Σ a²)^beta, 2·depth_radius + 1 channels."""
        n = 2 * depth_radius + 1
        return cls(n, alpha * n, beta, bias)

    def paper(self) -> dict[str, float]:
        """As the paper would state it.

        Raises:
            ShapeError: an even window has no middle.
        """
        same = self.tensorflow()
        return {"n": self.size, "alpha": same["alpha"], "beta": self.beta, "k": self.k}

    def tensorflow(self) -> dict[str, float]:
        """As TensorFlow would state it.

        Raises:
            ShapeError: an even window has no radius.
        """
        if self.size % 2 == 0:
            raise ShapeError(f"a window of {self.size} channels has no whole radius")
        radius = self.size // 2
        return {"depth_radius": radius, "bias": self.k, "alpha": self.alpha / self.size, "beta": self.beta}


@operator
class LocalResponseNorm(Operator):
    """C channels, M positions per channel over the batch, window of n channels: ⌊n/2⌋ before and ⌊(n−1)/2⌋ after.

    b[i] = a[i] / (k + alpha/n · Σ_j a[j]²)^beta,  j over the channels of the window that exist

    No parameters. Per value: one multiplication for the square (each square is taken once), t − 1 additions for a
    window of t existing channels, one multiplication by alpha/n, one addition of k, one power, one division. Windows
    at the first and last channels are counted exactly. Input (N, C, *). Source: Krizhevsky et al. 2012, section 3.3;
    torch.nn.LocalResponseNorm, which divides alpha by n where the paper does not (`LocalResponseParameters` converts).
    """

    name = "local_response_norm"
    family = "normalisation"
    letters: ClassVar[dict[str, str]] = {"input": "N? C L | N? C H W | N? C T H W"}
    torch = ("torch.nn.functional.local_response_norm",)

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        size = node.attributes["size"]
        channels = window(-(size // 2), taps=size)
        return Sight(tuple((at, channels if at == 1 else None) for at in range(len(node.input.shape))))

    @staticmethod
    def shape(input: TensorSpec, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Specs:
        if len(input.shape) < 3:
            raise ShapeError(f"needs at least 3 dimensions (N, C, L), got {len(input.shape)}")
        return (input,)

    @staticmethod
    def cost(input: TensorSpec, size: int, **parameters: Any) -> Cost:
        LocalResponseNorm.shape(input, size)
        values, channels = input.numel, input.shape[1]
        positions = input.shape[0] * prod(input.shape[2:])
        summed = positions * _channel_windows(channels, size)
        return Cost(
            multiplies=2 * values,
            adds=summed,  # t − 1 inside the window, 1 for k
            specials=values,
            divides=values,
            **traffic((input,), (input,)),
        )


def _channel_windows(channels: Size, size: int) -> Size:
    """Σ over the channels of the existing channels in their windows: n·C less what is cut off at both ends."""
    before, after = size // 2, (size - 1) // 2
    return size * channels - _cut(before, channels) - _cut(after, channels)


def _cut(reach: int, channels: Size) -> Size:
    """Channels missing on one side: reach + (reach − 1) + … for as many channels as there are."""
    short = least(reach, channels)
    return short * reach - short * (short - 1) // 2


def moments(many: Size, values: Size) -> Cost:
    """Mean and variance of so many rows, so many values in all: the differences x − E are the normalisation's."""
    return Cost(multiplies=values, adds=2 * (values - many), divides=2 * many)


def normalise(many: Size, values: Size, weight: TensorSpec | None, bias: TensorSpec | None) -> Cost:
    """(x − E) / √(V + eps) · w + b, with one root per row."""
    return Cost(
        multiplies=values if weight is not None else 0,
        adds=values + many + (values if bias is not None else 0),
        divides=values,
        specials=many,
    )


def refuse_channels(channels: Size, *vectors: TensorSpec | None) -> None:
    """Raise ShapeError unless each of these has a value for each channel."""
    for spec in vectors:
        if spec is not None and spec.numel != channels:
            raise ShapeError(f"needs {spec.numel} channels, got {channels}")


def functional(
    args: tuple[Any, ...], kwargs: Mapping[str, Any], switch: str
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """A norm's arguments as torch.nn.functional's function takes them; `switch` says whether it takes the input's own.

    The function of the same name under torch has another order, one argument more, and no defaults.
    """
    first = ("input", "weight", "bias", "running_mean", "running_var")
    names = (*first, switch, "momentum", "eps", "cudnn_enabled")
    if len(args) + len(kwargs) < len(names):
        return args, kwargs
    named = {**dict(zip(names, args, strict=False)), **kwargs}
    del named["cudnn_enabled"]
    return (), named


@operator
class BatchNorm(Operator):
    """C channels, n values in all, m = n/C values per channel.

    y = (x − E) / √(V + eps) · w + b,  E and V per channel: running statistics (eval) or those of the batch (train)

    Parameters: C weights and C biases if affine. Per channel: one addition and one root. Per value: a subtraction and
    a division, and a multiplication and an addition if affine. In training mode E takes m − 1 additions and a division
    per channel, V m multiplications, m − 1 additions and a division (the differences x − E are the ones above), and
    each running statistic (1 − momentum)·old + momentum·new two multiplications and an addition, the variance one
    multiplication more for m/(m − 1).

    Input (N, C, *). Source: torch.nn.BatchNorm2d; Ioffe and Szegedy 2015.
    """

    name = "batch_norm"
    family = "normalisation"
    letters: ClassVar[dict[str, str]] = CHANNELS
    torch = ("torch.nn.functional.batch_norm", "torch.batch_norm")
    tensors = ("input", "running_mean", "running_var", "weight", "bias")

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        if operand.name != "input":
            return None
        others = [at for at in range(len(node.input.shape)) if at != 1] if node.attributes["training"] else ()
        return gathered(node.input.shape, others)

    @staticmethod
    def shape(
        input: TensorSpec,
        running_mean: TensorSpec | None = None,
        running_var: TensorSpec | None = None,
        weight: TensorSpec | None = None,
        bias: TensorSpec | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Specs:
        refuse_rank(input, (2, 3, 4, 5), "(N, C), (N, C, L), (N, C, H, W) or (N, C, D, H, W)")
        refuse_channels(input.shape[1], running_mean, running_var, weight, bias)
        if training and input.numel == input.shape[1]:
            raise ShapeError("needs more than one value per channel in training, got 1", too_small=True)
        if not training and running_mean is None:
            raise ShapeError("needs running statistics outside training, got none")
        return (input,)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*functional(args, kwargs, "training"))

    @staticmethod
    def cost(
        input: TensorSpec,
        running_mean: TensorSpec | None = None,
        running_var: TensorSpec | None = None,
        weight: TensorSpec | None = None,
        bias: TensorSpec | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Cost:
        BatchNorm.shape(input, running_mean, running_var, weight, bias, training)
        values, channels = input.numel, input.shape[1]
        work = normalise(channels, values, weight, bias)
        if not training:
            return work + Cost(**traffic((input, running_mean, running_var, weight, bias), (input,)))
        updated = [spec for spec in (running_mean, running_var) if spec is not None]
        running = Cost(multiplies=5 * channels, adds=2 * channels) if updated else Cost()
        moved = Cost(**traffic((input, *updated, weight, bias), (input, *updated)))
        return work + moments(channels, values) + running + moved

    @staticmethod
    def params(num_features: int, affine: bool = True) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        return {"weight": (num_features,), "bias": (num_features,)} if affine else {}
