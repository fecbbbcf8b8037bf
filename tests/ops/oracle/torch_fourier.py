"""Torch's Fourier transforms."""

from collections.abc import Callable
from typing import Any

import torch

from oracle.reference import REFERENCES


def default_dims(function: Callable[..., Any], dims: tuple[int, int]) -> Callable[..., Any]:
    """None stands for the last two in netstat."""

    def called(input: Any, s: Any, dim: Any, norm: Any) -> Any:
        return function(input, s, dims if dim is None else dim, norm)

    return called


def one_dimension(function: Callable[..., Any]) -> Callable[..., Any]:
    """One length and one dimension."""

    def called(input: Any, s: int | None, dim: int, norm: Any) -> Any:
        return function(input, s, dim, norm)

    return called


for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
    REFERENCES[name] = one_dimension(getattr(torch.fft, name))
    REFERENCES[f"{name}2"] = default_dims(getattr(torch.fft, f"{name}2"), (-2, -1))
    REFERENCES[f"{name}n"] = getattr(torch.fft, f"{name}n")
REFERENCES |= {"fftshift": torch.fft.fftshift, "ifftshift": torch.fft.ifftshift}
REFERENCES["stft"] = torch.stft
