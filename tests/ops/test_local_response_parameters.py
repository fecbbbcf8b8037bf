"""PyTorch, the paper and TensorFlow spell local response normalisation differently and mean the same."""

from collections.abc import Callable
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle.counted import Counted, Tally
from oracle.draws import drawn
from oracle.normalization import local_response_norm
from oracle.tensors import Tensor

from netstat.errors import ShapeError
from netstat.ops.normalization import LocalResponseParameters

VALUES = st.lists(st.floats(-3, 3), min_size=1, max_size=9)
ALPHA, BETA, K = st.floats(1e-5, 2), st.floats(0.25, 2), st.floats(0.5, 3)


def by_paper(a: list[float], n: int, alpha: float, beta: float, k: float) -> list[float]:
    """Krizhevsky et al. 2012, section 3.3: j from max(0, i − n/2) to min(N − 1, i + n/2)."""
    return [
        value / (k + alpha * sum(a[j] ** 2 for j in range(len(a)) if i - n / 2 <= j <= i + n / 2)) ** beta
        for i, value in enumerate(a)
    ]


def by_tensorflow(a: list[float], depth_radius: int, bias: float, alpha: float, beta: float) -> list[float]:
    """tf.nn.local_response_normalization: sqr_sum[d] = sum(input[d − r : d + r + 1] ** 2)."""
    sqr_sum = [sum(x**2 for x in a[max(d - depth_radius, 0) : d + depth_radius + 1]) for d in range(len(a))]
    return [x / (bias + alpha * s) ** beta for x, s in zip(a, sqr_sum, strict=True)]


def by_pytorch(a: list[float], parameters: LocalResponseParameters) -> list[float]:
    tally = Tally()
    values = {(0, c, 0): Counted(value, tally) for c, value in enumerate(a)}
    (output,) = local_response_norm(Tensor((1, len(a), 1), "float32", tally, values), **parameters._asdict())
    return output.plain()


def same(a: list[float], b: list[float]) -> bool:
    return all(isclose(x, y, rel_tol=1e-12) for x, y in zip(a, b, strict=True))


@given(a=VALUES, n=st.integers(1, 12), alpha=ALPHA, beta=BETA, k=K)
@drawn(100)
def test_the_papers_parameters_converted_give_the_papers_values(
    a: list[float], n: int, alpha: float, beta: float, k: float
) -> None:
    converted = LocalResponseParameters.from_paper(n, alpha, beta, k)
    assert same(by_pytorch(a, converted), by_paper(a, n, alpha, beta, k))
    assert same(by_paper(a, **converted.paper()), by_paper(a, n, alpha, beta, k))


@given(a=VALUES, radius=st.integers(0, 6), alpha=ALPHA, beta=BETA, bias=K)
@drawn(100)
def test_tensorflows_parameters_converted_give_tensorflows_values(
    a: list[float], radius: int, alpha: float, beta: float, bias: float
) -> None:
    converted = LocalResponseParameters.from_tensorflow(radius, bias, alpha, beta)
    assert same(by_pytorch(a, converted), by_tensorflow(a, radius, bias, alpha, beta))
    assert same(by_tensorflow(a, **converted.tensorflow()), by_tensorflow(a, radius, bias, alpha, beta))


@given(radius=st.integers(0, 6), alpha=ALPHA, beta=BETA, k=K)
@drawn(100)
def test_there_and_back_is_where_one_started(radius: int, alpha: float, beta: float, k: float) -> None:
    start = LocalResponseParameters(2 * radius + 1, alpha, beta, k)
    for there, back in (
        (start.paper(), LocalResponseParameters.from_paper),
        (start.tensorflow(), LocalResponseParameters.from_tensorflow),
    ):
        returned = back(**there)  # type: ignore[operator]
        assert returned == pytest.approx(start, rel=1e-15)


@pytest.mark.parametrize("convert", [LocalResponseParameters.paper, LocalResponseParameters.tensorflow])
def test_an_even_window_of_torchs_has_no_other_spelling(convert: Callable[[LocalResponseParameters], object]) -> None:
    with pytest.raises(ShapeError, match="4 channels has no whole radius"):
        convert(LocalResponseParameters(4, 1e-4, 0.75, 1.0))


def test_the_settings_of_the_papers_alexnet_and_of_its_port() -> None:
    paper = LocalResponseParameters.from_paper(n=5, alpha=1e-4, beta=0.75, k=2)
    port = LocalResponseParameters.from_tensorflow(depth_radius=2, alpha=2e-5, beta=0.75, bias=1)
    assert paper == pytest.approx((5, 5e-4, 0.75, 2))
    assert port == pytest.approx((5, 1e-4, 0.75, 1))


@pytest.mark.torch
@pytest.mark.parametrize("n", [1, 3, 4, 5, 9])
def test_torchs_own_function_gives_the_papers_and_tensorflows_values(n: int) -> None:
    import torch
    from torch.nn.functional import local_response_norm as of_torch

    a = torch.randn(7, dtype=torch.float64, generator=torch.Generator().manual_seed(n)).mul(3).tolist()
    paper = {"n": n, "alpha": 0.3, "beta": 0.75, "k": 2.0}
    tensorflow = {"depth_radius": n // 2, "bias": 1.0, "alpha": 0.02, "beta": 0.5}
    x = torch.tensor(a, dtype=torch.float64).view(1, 7, 1)
    for said, convert, defined in (
        (paper, LocalResponseParameters.from_paper, by_paper),
        (tensorflow, LocalResponseParameters.from_tensorflow, by_tensorflow),
    ):
        converted = convert(**said)  # type: ignore[operator]
        assert same(of_torch(x, **converted._asdict()).flatten().tolist(), defined(a, **said))  # type: ignore[operator]


def test_the_conversions_are_at_hand_in_python() -> None:
    import netstat

    assert netstat.LocalResponseParameters is LocalResponseParameters
