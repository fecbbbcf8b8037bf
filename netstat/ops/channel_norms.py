"""Normalisation of channels by figures of each example's own: groups of channels, and single ones."""

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import Argument, Node, TensorSpec
from netstat.ops.arithmetic import certainly
from netstat.ops.base import Operator, Specs, operator, spellings, traffic
from netstat.ops.normalization import CHANNELS, functional, moments, normalise, refuse_channels
from netstat.ops.sight import Sight, gathered
from netstat.ops.spelling import without


@operator
class GroupNorm(Operator):
    """C channels in g groups, N examples, n values in all: R = N·g rows of n/R values.

    y = (x − E) / √(V + eps) · w + b,  E and V the mean and variance of the row, w and b of the channel

    Parameters: C weights and C biases if affine. Costs as in `layer_norm`. Input (N, C, *). Source:
    torch.nn.GroupNorm; Wu and He 2018.
    """

    name = "group_norm"
    family = "normalisation"
    letters: ClassVar[dict[str, str]] = {**CHANNELS, "num_groups": "g"}
    torch = spellings("group_norm")
    tensors = ("input", "weight", "bias")

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        if operand.name != "input":
            return None
        axes = gathered(node.input.shape, range(2, len(node.input.shape))).axes
        return Sight((axes[0], None, *axes[2:]))  # groups of channels

    @staticmethod
    def shape(
        input: TensorSpec,
        num_groups: int,
        weight: TensorSpec | None = None,
        bias: TensorSpec | None = None,
        eps: float = 1e-5,
    ) -> Specs:
        if len(input.shape) < 2:
            raise ShapeError(f"needs at least 2 dimensions (N, C), got {len(input.shape)}")
        batch, channels, *sizes = input.shape
        if certainly(num_groups < 1) or certainly(channels % num_groups > 0):
            raise ShapeError(f"{channels} channels cannot be split into {num_groups} groups")
        refuse_channels(channels, weight, bias)
        if certainly(batch * (channels // num_groups) * prod(sizes) == 1):
            raise ShapeError("needs more than one value per group, got 1", too_small=True)
        return (input,)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(args[:5], without(kwargs, "cudnn_enabled"))

    @staticmethod
    def cost(
        input: TensorSpec,
        num_groups: int,
        weight: TensorSpec | None = None,
        bias: TensorSpec | None = None,
        eps: float = 1e-5,
    ) -> Cost:
        GroupNorm.shape(input, num_groups, weight, bias)
        values, many = input.numel, input.shape[0] * num_groups
        moved = Cost(**traffic((input, weight, bias), (input,)))
        return moments(many, values) + normalise(many, values, weight, bias) + moved

    @staticmethod
    def params(num_groups: int, num_channels: int, affine: bool = True) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        return {"weight": (num_channels,), "bias": (num_channels,)} if affine else {}


@operator
class InstanceNorm(Operator):
    """N examples of C channels, n values in all: R = N·C rows of m = n/R values.

    y = (x − E) / √(V + eps) · w + b,  E and V of the row, or the channel's running ones (use_input_stats=False)

    Parameters: C weights and C biases if affine. Costs as in `layer_norm`; with running ones as in `batch_norm` in eval
    mode: a root per channel. Where rows are normalised by their own figures and running statistics are given, these
    move: per channel the means of N figures E and of N figures V take 2(N − 1) additions and 2 divisions, m/(m − 1) a
    multiplication, and (1 − momentum)·old + momentum·new two multiplications and an addition each. Input (N, C, *).
    Source: torch.nn.InstanceNorm2d; Ulyanov et al. 2016.
    """

    name = "instance_norm"
    family = "normalisation"
    letters: ClassVar[dict[str, str]] = CHANNELS
    torch = spellings("instance_norm")
    tensors = ("input", "running_mean", "running_var", "weight", "bias")

    @classmethod
    def sees(cls, node: Node, operand: Argument) -> Sight | None:
        if operand.name != "input":
            return None
        sizes = range(2, len(node.input.shape)) if node.attributes["use_input_stats"] else ()
        return gathered(node.input.shape, sizes)

    @staticmethod
    def shape(
        input: TensorSpec,
        running_mean: TensorSpec | None = None,
        running_var: TensorSpec | None = None,
        weight: TensorSpec | None = None,
        bias: TensorSpec | None = None,
        use_input_stats: bool = True,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Specs:
        if len(input.shape) < 3:
            raise ShapeError(f"needs at least 3 dimensions (N, C, L), got {len(input.shape)}")
        refuse_channels(input.shape[1], running_mean, running_var, weight, bias)
        if use_input_stats and certainly(prod(input.shape[2:]) == 1):
            raise ShapeError("needs more than one value per channel of an example, got 1", too_small=True)
        if not use_input_stats and running_mean is None:
            raise ShapeError("needs running statistics where those of the input are not used, got none")
        return (input,)

    @classmethod
    def bind(cls, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return super().bind(*functional(args, kwargs, "use_input_stats"))

    @staticmethod
    def cost(
        input: TensorSpec,
        running_mean: TensorSpec | None = None,
        running_var: TensorSpec | None = None,
        weight: TensorSpec | None = None,
        bias: TensorSpec | None = None,
        use_input_stats: bool = True,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Cost:
        InstanceNorm.shape(input, running_mean, running_var, weight, bias, use_input_stats)
        batch, channels = input.shape[:2]
        values, many = input.numel, batch * channels
        running = [spec for spec in (running_mean, running_var) if spec is not None]
        if not use_input_stats:
            moved = Cost(**traffic((input, *running, weight, bias), (input,)))
            return normalise(channels, values, weight, bias) + moved
        moved = Cost(**traffic((input, *running, weight, bias), (input, *running)))
        step = Cost(multiplies=5, adds=2 + 2 * (batch - 1), divides=2) * (channels if running else 0)
        return moments(many, values) + normalise(many, values, weight, bias) + step + moved

    @staticmethod
    def params(num_features: int, affine: bool = False) -> dict[str, tuple[int, ...]]:
        """Shapes of the layer's parameters by name."""
        return {"weight": (num_features,), "bias": (num_features,)} if affine else {}
