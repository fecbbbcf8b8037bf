"""Spectra of windows that slide along a signal, and spectra in another order."""

from typing import Any

from netstat.cost import Cost
from netstat.errors import ShapeError
from netstat.graph import TensorSpec
from netstat.ops.base import Operator, Specs, operator, traffic
from netstat.ops.fourier import complex_transform, to_half
from netstat.ops.rows import axes


class Shift(Operator):
    """The same values, half a turn further along the dimensions `dim`; moves bytes, computes nothing."""

    family = "layout"
    free = True

    @classmethod
    def shape(cls, input: TensorSpec, dim: Any = None) -> Specs:
        axes(input.shape, dim)
        return (input,)

    @classmethod
    def cost(cls, input: TensorSpec, dim: Any = None) -> Cost:
        return Cost(**traffic((input,), cls.shape(input, dim)))

    @classmethod
    def canonical(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        dim = attributes["dim"]
        return {**attributes, "dim": tuple(dim) if isinstance(dim, list) else dim}


@operator
class FftShift(Shift):
    """y[(i + ⌊n/2⌋) mod n] = x[i] along each dimension of `dim`; no arithmetic. Source: torch.fft.fftshift."""

    name = "fftshift"
    torch = ("torch.fft.fftshift",)


@operator
class IFftShift(Shift):
    """y[(i − ⌊n/2⌋) mod n] = x[i] along each dimension of `dim`; no arithmetic. Source: torch.fft.ifftshift."""

    name = "ifftshift"
    torch = ("torch.fft.ifftshift",)


@operator
class Stft(Operator):
    """Signals of L values, padded by ⌊n/2⌋ at both ends where `center`; frames of n = n_fft values, a hop apart.

    X[k, t] = Σ_j w[j] · x[t·hop + j] · e^(−2πi·j·k/n),  F = 1 + ⌊(L − n) / hop⌋ frames t

    Per frame: a multiplication for each value of the window where one is given (two for a complex signal), and the
    transform of n real values where `onesided` (its default for a real signal), else the complex one, by the rule of
    `fft`. `normalized` takes two multiplications per result. Input (L) or (B, L). Source: torch.stft.
    """

    name = "stft"
    family = "fourier"
    torch = ("torch.stft", "torch.Tensor.stft")
    tensors = ("input", "window")

    @staticmethod
    def shape(
        input: TensorSpec,
        n_fft: int,
        hop_length: int | None = None,
        win_length: int | None = None,
        window: TensorSpec | None = None,
        center: bool = True,
        pad_mode: str = "reflect",
        normalized: bool = False,
        onesided: bool | None = None,
        return_complex: bool | None = None,
        align_to_window: bool | None = None,
    ) -> Specs:
        *batch, length = _signal(input)
        length += 2 * (n_fft // 2) if center else 0
        if length < n_fft:
            raise ShapeError(f"needs at least {n_fft} values, got {length}", too_small=True)
        frames = 1 + (length - n_fft) // (hop_length or n_fft // 4)
        values = n_fft // 2 + 1 if _halves(input, window, onesided) else n_fft
        double = any(spec.dtype in ("float64", "complex128") for spec in (input, window) if spec is not None)
        if return_complex is False:
            return (TensorSpec((*batch, values, frames, 2), "float64" if double else "float32"),)
        return (TensorSpec((*batch, values, frames), "complex128" if double else "complex64"),)

    @staticmethod
    def cost(
        input: TensorSpec,
        n_fft: int,
        hop_length: int | None = None,
        win_length: int | None = None,
        window: TensorSpec | None = None,
        center: bool = True,
        pad_mode: str = "reflect",
        normalized: bool = False,
        onesided: bool | None = None,
        return_complex: bool | None = None,
        align_to_window: bool | None = None,
    ) -> Cost:
        chosen = (n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided)
        (output,) = Stft.shape(input, *chosen, return_complex=True)
        frames = output.numel // output.shape[-2]
        transform = to_half if _halves(input, window, onesided) else complex_transform
        scaled = 2 * output.numel if normalized else 0
        work: Cost = (transform(n_fft) + _weighting(input, window)) * frames
        return work + Cost(multiplies=scaled, **traffic((input, window), (output,)))


def _signal(input: TensorSpec) -> tuple[int, ...]:
    if len(input.shape) not in (1, 2):
        raise ShapeError(f"needs a signal (L) or several (B, L), got {len(input.shape)} dimensions")
    return input.shape


def _halves(input: TensorSpec, window: TensorSpec | None, onesided: bool | None) -> bool:
    """Whether half of each spectrum is made, which tells the other."""
    kinds = [spec.dtype for spec in (input, window) if spec is not None]
    return onesided is not False and not any("complex" in kind for kind in kinds)


def _weighting(input: TensorSpec, window: TensorSpec | None) -> Cost:
    """A window's values times those under it."""
    if window is None:
        return Cost()
    both = sum("complex" in spec.dtype for spec in (input, window))
    return Cost(multiplies=2**both, adds=2 if both == 2 else 0) * window.numel
