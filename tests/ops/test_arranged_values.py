"""Views share memory, copies do not; torch's spellings are understood; what depends on values does not bind."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from oracle import ORACLES
from oracle.counted import Tally
from oracle.draws import drawn

from netstat.ops import OPERATORS
from netstat.ops.base import named_specs

torch = pytest.importorskip("torch")
import torch.nn.functional as F  # noqa: E402, N812  needs torch
from oracle.reference import run_torch, to_torch  # noqa: E402  needs torch

from netstat.frontends.recorder import Recorder  # noqa: E402  needs torch
from netstat.frontends.stages import Meta  # noqa: E402  needs torch

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:The reduce argument")]
MODULES = {
    *("arranging", "casting", "expanding", "filling", "folding", "indexing", "joining", "placing", "scattering"),
    *("slicing", "splitting", "views"),
}
ARRANGING = [name for name in OPERATORS.names() if OPERATORS[name].__module__.rpartition(".")[2] in MODULES]
VIEWS = [name for name in ARRANGING if OPERATORS[name].view]
SELVES = {"to", "type", "type_as", "double", "float", "cartesian_prod", "getitem", "setitem", "copy", "zero"}
COPIES = [name for name in ARRANGING if not OPERATORS[name].view and name not in SELVES]
SEVERAL = ["split", "chunk", "tensor_split", "hsplit", "vsplit", "dsplit", "unbind", "broadcast_tensors", "meshgrid"]


def memory(tensors: Any) -> set[int]:
    """The storages of some tensors."""
    found = tensors if isinstance(tensors, (list, tuple)) else [tensors]
    return {tensor.untyped_storage()._cdata for tensor in found if isinstance(tensor, torch.Tensor)}


def run(name: str, data: DataObject, **chosen: Any) -> tuple[dict[str, Any], Any, Any]:
    """Tensors, torch's outputs and ours, of one configuration."""
    call = data.draw(ORACLES[name].calls.map(lambda call: call.of_dtype("float64")))
    call.attributes.update({key: value for key, value in chosen.items() if key in call.attributes})
    tensors = {key: to_torch(tensor) for key, tensor in ORACLES[name].inputs(call, Tally()).items()}
    return tensors, run_torch(name, tensors, call.attributes), ORACLES[name](call)


@pytest.mark.parametrize("name", VIEWS)
@given(data=st.data())
@drawn(10)
def test_a_views_outputs_lie_in_the_memory_of_its_inputs(name: str, data: DataObject) -> None:
    tensors, outputs, _ = run(name, data)
    assert memory(outputs) <= set().union(*map(memory, tensors.values()))


@pytest.mark.parametrize("name", COPIES)
@given(data=st.data())
@drawn(10)
def test_a_copys_outputs_have_memory_of_their_own(name: str, data: DataObject) -> None:
    tensors, outputs, _ = run(name, data, inplace=False)
    assert not memory(outputs) & set().union(*map(memory, tensors.values()))


@given(data=st.data())
@drawn(60)
def test_what_an_index_shows_is_a_view_exactly_where_it_costs_nothing(data: DataObject) -> None:
    call = data.draw(ORACLES["getitem"].calls)
    tensors = {key: to_torch(tensor) for key, tensor in ORACLES["getitem"].inputs(call, Tally()).items()}
    cost = OPERATORS["getitem"].cost(**call.arguments)
    (output,) = run_torch("getitem", tensors, call.attributes)
    assert (memory(output) == memory(tensors["input"])) == (cost.bytes_written == 0) or not output.numel()


@pytest.mark.parametrize("name", SEVERAL)
@given(data=st.data())
@drawn(20)
def test_all_of_several_outputs_hold_torchs_values(name: str, data: DataObject) -> None:
    _, theirs, ours = run(name, data)
    assert [output.plain() for output in ours.outputs] == [output.flatten().tolist() for output in theirs]


def meta(*shape: int, dtype: Any = torch.float32) -> Any:
    return torch.zeros(shape, dtype=dtype, device="meta")


X, V, B = meta(2, 3, 4), meta(4), meta(2, 3, 4, dtype=torch.bool)
AT = meta(2, dtype=torch.int64)
IMAGE = meta(1, 4, 6, 6)
SPELLINGS: list[tuple[str, Callable[[], Any]]] = [
    ("split", lambda: torch.split(X, 2, dim=1)),
    ("split", lambda: torch.split(tensor=X, split_size_or_sections=[1, 2], dim=1)),
    ("split", lambda: X.split([1, 3], -1)),
    ("split", lambda: X.split(split_size=2, dim=2)),
    ("split", lambda: X.split_with_sizes((1, 3), dim=-1)),
    ("split", lambda: torch.unsafe_split(X, 2, 1)),
    ("chunk", lambda: X.chunk(chunks=2, dim=-1)),
    ("tensor_split", lambda: torch.tensor_split(X, (1, 2), dim=1)),
    ("tensor_split", lambda: X.tensor_split(2, 1)),
    ("hsplit", lambda: torch.hsplit(X, 3)),
    ("unbind", lambda: tuple(X)),
    ("expand", lambda: V.expand(2, 3, 4)),
    ("expand", lambda: V.expand((3, -1))),
    ("expand", lambda: torch.broadcast_to(V, size=(3, 4))),
    ("broadcast_tensors", lambda: torch.broadcast_tensors(X, V)),
    ("meshgrid", lambda: torch.meshgrid(V, V, indexing="xy")),
    ("meshgrid", lambda: torch.meshgrid([V, V], indexing="ij")),
    ("atleast_3d", lambda: torch.atleast_3d(V)),
    ("atleast_2d", lambda: torch.atleast_2d(V, X)),
    ("movedim", lambda: torch.moveaxis(X, 0, -1)),
    ("swapdims", lambda: X.swapdims(0, 1)),
    ("unflatten", lambda: X.unflatten(-1, (2, 2))),
    ("unflatten", lambda: torch.unflatten(X, 2, sizes=(2, -1))),
    ("diagonal", lambda: X.diagonal(dim1=-2, dim2=-1)),
    ("alias", lambda: X.clone().requires_grad_(False)),
    ("repeat", lambda: X.repeat(1, 2, 1)),
    ("repeat", lambda: X.repeat((2, 1, 1, 1))),
    ("repeat", lambda: X.repeat(repeats=(2, 1, 1, 1))),
    ("tile", lambda: torch.tile(X, (2,))),
    ("tile", lambda: X.tile(2, 2)),
    ("repeat_interleave", lambda: X.repeat_interleave(2, dim=1)),
    ("repeat_interleave", lambda: torch.repeat_interleave(X, repeats=2)),
    ("flip", lambda: X.flip(0, -1)),
    ("flip", lambda: torch.flip(X, dims=[1])),
    ("roll", lambda: X.roll(1)),
    ("roll", lambda: torch.roll(X, shifts=(1, 2), dims=(0, 1))),
    ("roll", lambda: torch.roll(X, 1, 2)),
    ("rot90", lambda: torch.rot90(X, 1, [1, 2])),
    ("tril", lambda: X.tril(diagonal=-1)),
    ("triu", lambda: X.clone().triu_(1)),
    ("diag", lambda: V.diag()),
    ("diag_embed", lambda: torch.diag_embed(V)),
    ("stack", lambda: torch.stack((X, X), dim=-1)),
    ("hstack", lambda: torch.hstack([V, V])),
    ("vstack", lambda: torch.row_stack((V, V))),
    ("block_diag", lambda: torch.block_diag(V, X[0])),
    ("cartesian_prod", lambda: torch.cartesian_prod(V, V)),
    ("to", lambda: X.to(torch.float16)),
    ("to", lambda: X.to(dtype=torch.int64, copy=True)),
    ("to", lambda: X.to(AT)),
    ("half", lambda: X.half()),
    ("bool", lambda: X.bool()),
    ("type", lambda: X.type(torch.int32)),
    ("type_as", lambda: X.type_as(AT)),
    ("fill", lambda: X.clone().fill_(2)),
    ("zero", lambda: X.clone().zero_()),
    ("copy", lambda: X.clone().copy_(V)),
    ("masked_fill", lambda: X.masked_fill(B, float("-inf"))),
    ("masked_fill", lambda: X.clone().masked_fill_(mask=B, value=0)),
    ("masked_scatter", lambda: X.masked_scatter(B, X)),
    ("where", lambda: torch.where(B, X, V)),
    ("where", lambda: torch.where(B, X, 0.0)),
    ("where", lambda: X.where(B, V)),
    ("where", lambda: torch.where(B, 1, 0)),
    ("pixel_shuffle", lambda: F.pixel_shuffle(IMAGE, 2)),
    ("pixel_unshuffle", lambda: F.pixel_unshuffle(IMAGE, 2)),
    ("unfold", lambda: F.unfold(IMAGE, 3, padding=1)),
    ("fold", lambda: F.fold(meta(1, 8, 9), (6, 6), 2, stride=2)),
    ("embedding", lambda: F.embedding(AT, meta(5, 3), padding_idx=0)),
    ("embedding", lambda: torch.embedding(meta(5, 3), AT)),
    ("embedding_bag", lambda: F.embedding_bag(meta(2, 3, dtype=torch.int64), meta(5, 3), mode="sum")),
    ("gather", lambda: X.gather(0, meta(1, 3, 4, dtype=torch.int64))),
    ("take", lambda: X.take(AT)),
    ("take_along_dim", lambda: torch.take_along_dim(X, meta(2, 3, 1, dtype=torch.int64), dim=2)),
    ("index_select", lambda: torch.index_select(X, dim=1, index=AT)),
    ("one_hot", lambda: F.one_hot(AT, 5)),
    ("one_hot", lambda: F.one_hot(AT, num_classes=5)),
    ("getitem", lambda: X[0]),
    ("getitem", lambda: X[..., None, 1:]),
    ("getitem", lambda: X[:, AT]),
    ("getitem", lambda: X[AT, :, AT]),
    ("getitem", lambda: X[[0, 1]]),
    ("index_add", lambda: X.index_add(0, AT, X, alpha=2)),
    ("index_copy", lambda: X.clone().index_copy_(0, AT, X)),
    ("index_fill", lambda: X.index_fill(0, AT, 1.0)),
    ("index_put", lambda: X.index_put((AT, AT), V)),
    ("scatter", lambda: X.scatter(0, meta(2, 3, 4, dtype=torch.int64), 1.0)),
    ("scatter", lambda: X.scatter(0, meta(2, 3, 4, dtype=torch.int64), value=1.0)),
    ("scatter", lambda: torch.scatter(X, dim=0, index=meta(2, 3, 4, dtype=torch.int64), src=X)),
    ("scatter_add", lambda: X.clone().scatter_add_(0, meta(2, 3, 4, dtype=torch.int64), X)),
    ("scatter_reduce", lambda: X.scatter_reduce(0, meta(2, 3, 4, dtype=torch.int64), X, reduce="amax")),
    ("upsample_nearest2d", lambda: torch._C._nn.upsample_nearest2d(IMAGE, None, [2.0, 2.0])),
    ("upsample_bilinear2d", lambda: torch._C._nn.upsample_bilinear2d(IMAGE, (3, 9), False, None)),
    ("grid_sample", lambda: F.grid_sample(IMAGE, meta(1, 2, 3, 2), align_corners=False)),
    ("grid_sample", lambda: torch.grid_sampler(IMAGE, meta(1, 2, 3, 2), 2, 1, False)),
    ("affine_grid", lambda: F.affine_grid(meta(1, 2, 3), [1, 4, 5, 6], align_corners=True)),
    ("fractional_max_pool2d", lambda: F.fractional_max_pool2d(IMAGE, 2, output_ratio=(0.5, 0.5), return_indices=True)),
    ("max_unpool2d", lambda: F.max_unpool2d(IMAGE, meta(1, 4, 6, 6, dtype=torch.int64), 2)),
]


@pytest.mark.parametrize(("name", "call"), SPELLINGS)
def test_a_call_as_torch_code_writes_it_is_the_operator_and_has_torchs_outputs(name: str, call: Any) -> None:
    with Recorder(None, Meta()) as recorder:
        call()
    node = recorder.nodes[-1]
    assert node.op == name
    shaped = OPERATORS[name].shape(**named_specs(node.arguments), **node.attributes)
    assert shaped == node.outputs
    assert OPERATORS[name].cost(**named_specs(node.arguments), **node.attributes).macs == 0


@pytest.mark.parametrize(
    "name_and_call",
    [
        ("getitem", (X, B)),
        ("getitem", (X, True)),
        ("where", (B,)),
        ("repeat_interleave", (X, AT)),
        ("tensor_split", (X, AT)),
        ("one_hot", (AT,)),
        ("embedding", (AT, meta(5, 3), None, 1.0)),
        ("index_put", (X, [B], V)),
        ("type", (X,)),
    ],
)
def test_a_call_whose_work_depends_on_values_does_not_bind_and_so_is_listed(name_and_call: Any) -> None:
    name, args = name_and_call
    with pytest.raises(TypeError):
        OPERATORS[name].bind(args, {})
