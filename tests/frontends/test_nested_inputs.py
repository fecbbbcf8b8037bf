"""Models that take their tensors in dicts, lists, named tuples, dataclasses, by keyword, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

import netstat
from netstat.frontends.nesting import each_tensor
from netstat.graph import TensorSpec
from netstat.measure.devices import find
from netstat.measure.precision import find as find_precision
from netstat.measure.settings import QUICK
from netstat.measure.subject import tensors
from netstat.peers import example_inputs
from netstat.peers._stand_ins import with_values

pytestmark = pytest.mark.torch

X, Y = torch.rand(2, 4), torch.rand(2, 3)


class Pair(NamedTuple):
    left: Tensor
    right: Tensor


@dataclass(frozen=True)
class Batch:
    x: Tensor
    y: Tensor | None = None
    more: Mapping[str, Tensor] = field(default_factory=dict)


class Base(nn.Module):
    """24 multiply-accumulates and 6 additions on top."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3, bias=False)

    def sum(self, x: Tensor, y: Tensor | None) -> Tensor:
        made: Tensor = self.layer(x)
        return made if y is None else made + y


class OfDict(Base):
    def forward(self, batch: Mapping[str, Any]) -> Tensor:
        return self.sum(batch["x"], batch["deep"]["y"][0])


class OfList(Base):
    def forward(self, items: Sequence[Tensor]) -> Tensor:
        return self.sum(*items)


class OfPair(Base):
    def forward(self, pair: Pair) -> Tensor:
        return self.sum(pair.left, pair.right)


class OfDataclass(Base):
    def forward(self, batch: Batch) -> Tensor:
        return self.sum(batch.x, batch.more.get("y", batch.y))


class ByKeyword(Base):
    def forward(self, x: Tensor, *, y: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.sum(x, y if mask is None else y * mask)


CASES: dict[str, tuple[nn.Module, tuple[Any, ...], dict[str, Any], list[str]]] = {
    "a dict": (OfDict(), ({"x": X, "deep": {"y": [Y]}},), {}, ["batch.x", "batch.deep.y.0"]),
    "a dict by name": (OfDict(), (), {"batch": {"x": X, "deep": {"y": (Y,)}}}, ["batch.x", "batch.deep.y.0"]),
    "a list": (OfList(), ([X, Y],), {}, ["items.0", "items.1"]),
    "a tuple": (OfList(), ((X, Y),), {}, ["items.0", "items.1"]),
    "a named tuple": (OfPair(), (Pair(X, Y),), {}, ["pair.left", "pair.right"]),
    "a dataclass": (OfDataclass(), (Batch(X, Y),), {}, ["batch.x", "batch.y"]),
    "a dict in a dataclass": (OfDataclass(), (Batch(X, more={"y": Y}),), {}, ["batch.x", "batch.more.y"]),
    "keyword-only tensors": (ByKeyword(), (X,), {"y": Y}, ["x", "y"]),
    "keywords in another order": (ByKeyword(), (), {"y": Y, "x": X}, ["x", "y"]),
    "an optional tensor that is None": (ByKeyword(), (X,), {"y": Y, "mask": None}, ["x", "y"]),
}


@pytest.mark.parametrize("case", CASES)
def test_tensors_are_inputs_named_by_their_place_wherever_they_are(case: str) -> None:
    model, args, kwargs, names = CASES[case]
    p = netstat.profile(model, args=args, kwargs=kwargs)
    assert [(tensor.name, tensor.shape) for tensor in p.inputs] == list(zip(names, [(2, 4), (2, 3)], strict=True))
    assert (p.totals.macs, p.totals.flops) == (24, 24 + 18 + 6)
    assert p.totals.input_bytes == X.nbytes + Y.nbytes


def test_the_only_tensor_is_called_input_wherever_it_is() -> None:
    for model, args in ((OfList(), ([X, None],)), (OfDataclass(), (Batch(X),))):
        p = netstat.profile(model, args=args)
        assert [tensor.name for tensor in p.inputs] == ["input"]
        assert p.totals.flops == 24 + 18


def test_an_optional_tensor_that_is_there_is_an_input() -> None:
    p = netstat.profile(ByKeyword(), args=(X,), kwargs={"y": Y, "mask": Y})
    assert [tensor.name for tensor in p.inputs] == ["x", "y", "mask"]


def test_a_structure_is_copied_and_not_written_to() -> None:
    given = Batch(X, more={"y": Y})
    made = each_tensor(lambda tensor: tensor + 1, given)
    assert isinstance(made, Batch)
    assert made.x.equal(X + 1)
    assert made.more["y"].equal(Y + 1)
    assert given.x is X
    assert given.more["y"] is Y


FACTORY = """
import torch
from torch import nn


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.head = nn.Embedding(50, 4), nn.Linear(4, 3)

    def forward(self, ids, *, batch, mask=None):
        return self.head(self.table(ids)) * batch["scale"]


def words():
    return Words(), (torch.zeros(2, 5, dtype=torch.int64),), {"batch": {"scale": torch.ones(3)}, "mask": None}
"""


def test_a_factory_may_return_a_model_with_positional_and_nested_named_inputs(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text(FACTORY)
    p = netstat.profile(f"{tmp_path / 'words.py'}:words")
    assert [(tensor.name, tensor.shape, tensor.dtype) for tensor in p.inputs] == [
        ("ids", (2, 5), "int64"),
        ("batch.scale", (3,), "float32"),
    ]
    assert p.totals.macs == 2 * 5 * 4 * 3


class Tables(nn.Module):
    """Refuses to be run on anything but rows of both tables, of which some must not be zero; 9 at the most."""

    def __init__(self) -> None:
        super().__init__()
        self.large, self.small = nn.Embedding(50, 4), nn.EmbeddingBag(10, 4)

    def forward(self, ids: Tensor) -> Tensor:
        if not ids.is_meta and not 1 < int(ids.max()) < 10:
            raise ValueError(f"{ids.max()} is out of place")
        return self.large(ids).mean(1) + self.small(ids)


@pytest.mark.slow
def test_clocks_and_peers_draw_token_ids_from_the_rows_that_all_tables_have() -> None:
    model, spec = Tables(), TensorSpec((8, 16), "int64")
    (timed,) = netstat.benchmark(model, [((16,), "int64", "")], batch=8, threads=1, settings=QUICK).benchmarks
    assert timed.median_seconds > 0
    (drawn,) = tensors([("ids", spec)], find("cpu"), find_precision("fp32"), model)
    assert drawn.equal(example_inputs([("ids", spec)], highest=9)[0])
    copied, (same,) = with_values(model, (torch.empty(8, 16, dtype=torch.int64, device="meta"),))
    assert copied(same).shape == (8, 4)
    assert drawn.equal(same)
    assert set(drawn.flatten().tolist()) == set(range(10))


def test_small_dtypes_and_truth_values_hold_what_they_are_given() -> None:
    specs = [("tiny", TensorSpec((999,), "int8")), ("mask", TensorSpec((999,), "bool"))]
    tiny, mask = example_inputs(specs, highest=30_521)
    assert (int(tiny.min()), int(tiny.max())) == (0, 127)
    assert 300 < int(mask.sum()) < 700
