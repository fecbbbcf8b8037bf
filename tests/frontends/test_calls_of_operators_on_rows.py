"""Reductions, norms, sorting, transforms and losses are met under every spelling torch has for a call."""

from collections.abc import Callable
from typing import Any

import pytest

from netstat.ops import node_cost

torch = pytest.importorskip("torch")
import torch.nn.functional as F  # noqa: E402, N812  its name everywhere; needs torch
from torch import nn  # noqa: E402

from netstat.frontends.pytorch import capture  # noqa: E402

pytestmark = pytest.mark.torch
X = torch.empty(2, 4, 6, 6, device="meta")
M = torch.empty(6, 6, device="meta")
V = torch.empty(36, device="meta")
CHANNEL = torch.empty(4, device="meta")
CALLS: dict[str, list[Callable[..., Any]]] = {
    "sum": [lambda: X.sum(), lambda: X.sum((1, 2), True), lambda: torch.sum(X, axis=1, keepdims=True)],
    "mean": [lambda: X.mean([2, 3]), lambda: torch.mean(X, -1, keepdim=True, dtype=torch.float64)],
    "prod": [lambda: X.prod(), lambda: X.prod(1)],
    "var": [lambda: X.var(1, unbiased=False), lambda: torch.var(X, False), lambda: X.var((1, 2), True, True)],
    "std_mean": [lambda: torch.std_mean(X, 1, True, True), lambda: torch.std_mean(X, dim=1, correction=0)],
    "max": [lambda: X.max(), lambda: X.max(1), lambda: X.max(dim=1, keepdim=True), lambda: torch.max(X, other=X)],
    "aminmax": [lambda: torch.aminmax(X, dim=1), lambda: X.aminmax()],
    "argmax": [lambda: X.argmax(), lambda: X.argmax(dim=1, keepdim=True)],
    "any": [lambda: X.any(), lambda: torch.any(X, dim=(1, 2))],
    "logsumexp": [lambda: X.logsumexp(1), lambda: torch.special.logsumexp(X, (1, 2), True)],
    "vector_norm": [lambda: X.norm(), lambda: X.norm(p=1, dim=1), lambda: torch.norm(X, 2, -1, True)],
    "norm": [lambda: torch.linalg.norm(X), lambda: torch.linalg.norm(M, "fro")],
    "matrix_norm": [lambda: torch.linalg.matrix_norm(X)],
    "cumsum": [lambda: X.cumsum(1), lambda: torch.cumsum(X, dim=-1, dtype=torch.float64)],
    "diff": [lambda: torch.diff(X), lambda: X.diff(n=2, dim=1)],
    "sort": [lambda: X.sort(), lambda: X.sort(descending=True), lambda: torch.sort(X, stable=True, dim=1)],
    "argsort": [lambda: X.argsort(-1, True)],
    "topk": [lambda: X.topk(2), lambda: torch.topk(X, 2, dim=1, largest=False)],
    "median": [lambda: X.median(), lambda: X.median(1, keepdim=True)],
    "searchsorted": [lambda: torch.searchsorted(V, X), lambda: torch.searchsorted(V, X, right=True)],
    "bucketize": [lambda: torch.bucketize(X, V), lambda: torch.bucketize(2.0, V)],
    "fft": [lambda: torch.fft.fft(X), lambda: torch.fft.fft(X, n=8, dim=1)],
    "rfft2": [lambda: torch.fft.rfft2(X, norm="ortho", dim=(2, 3))],
    "irfftn": [lambda: torch.fft.irfftn(X, s=(6, 8), dim=(2, 3))],
    "stft": [lambda: torch.stft(V, 8, return_complex=True, window=V[:8]), lambda: V.stft(8, 2, return_complex=True)],
    "cosine_similarity": [lambda: F.cosine_similarity(X, X, dim=-1), lambda: torch.cosine_similarity(X, X)],
    "cdist": [lambda: torch.cdist(X, X), lambda: torch.cdist(X, X, 1.0)],
    "layer_norm": [lambda: F.layer_norm(X, [6]), lambda: torch.layer_norm(X, (6,), None, None, 1e-5, False)],
    "rms_norm": [lambda: F.rms_norm(X, (6, 6)), lambda: torch.rms_norm(X, (6,))],
    "group_norm": [lambda: F.group_norm(X, 2), lambda: torch.group_norm(X, 2, CHANNEL, CHANNEL, 1e-5, True)],
    "instance_norm": [
        lambda: F.instance_norm(X),
        lambda: torch.instance_norm(X, CHANNEL, None, None, None, True, 0.1, 1e-5, True),
    ],
    "mse_loss": [lambda: F.mse_loss(X, X), lambda: nn.MSELoss(reduction="sum")(X, X)],
    "binary_cross_entropy_with_logits": [lambda: nn.BCEWithLogitsLoss(pos_weight=V[:6])(X, X)],
    "cross_entropy": [
        lambda: F.cross_entropy(M, V[:6].long()),
        lambda: nn.CrossEntropyLoss(weight=V[:6], reduction="none")(M, V[:6].long()),
    ],
}


@pytest.mark.filterwarnings("ignore:A window was not provided")
@pytest.mark.parametrize(("name", "call"), [(name, call) for name, calls in CALLS.items() for call in calls])
def test_the_call_is_one_node_with_torchs_outputs_and_a_cost(name: str, call: Callable[..., Any]) -> None:
    (node,) = [node for node in capture(call, ()).nodes if node.op == name]
    made = call()
    specs = [(tuple(one.shape), str(one.dtype)) for one in (made if isinstance(made, tuple) else (made,))]
    assert [(spec.shape, f"torch.{spec.dtype}") for spec in node.outputs] == specs
    assert node_cost(node) is not None


def test_a_weight_normed_convolution_makes_its_weight_in_each_call() -> None:
    layer = nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 3, device="meta"))
    assert [node.op for node in capture(layer, (X,)).nodes] == ["weight_norm", "conv2d"]
