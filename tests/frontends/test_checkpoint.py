"""State dicts: the table of parameters is the module's, and a damaged or hostile file ends in one line."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import netstat
from netstat.cli import main
from netstat.errors import ModelError, UsageError

pytestmark = [pytest.mark.torch]
WEIGHT, BIAS = (
    {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    {
        "dtype": "F16",
        "shape": [2],
        "data_offsets": [24, 28],
    },
)


class Run:
    """What a pickle runs when it is loaded without care."""

    def __reduce__(self) -> Any:
        return exec, ("raise SystemExit('it was run')",)


def net() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 2))


def safetensors(path: Path, header: Any, data: int = 0, length: int | None = None) -> str:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text + bytes(data))
    return str(path)


@pytest.mark.parametrize("suffix", ["pt", "pth", "bin"])
@pytest.mark.parametrize("archive", [True, False], ids=["archive", "before torch 1.6"])
def test_a_state_dict_has_the_modules_parameters_row_by_row(tmp_path: Path, suffix: str, archive: bool) -> None:
    module, path = net(), tmp_path / f"net.{suffix}"
    torch.save(module.state_dict(), path, _use_new_zipfile_serialization=archive)
    p = netstat.profile(path)
    assert p.totals.params == sum(parameter.numel() for parameter in module.parameters())
    assert p.totals.buffer_bytes == sum(buffer.numel() * buffer.element_size() for buffer in module.buffers())
    assert [row.path for row in p.layers] == list(module.state_dict())
    assert [row.output_shape for row in p.layers] == [tuple(value.shape) for value in module.state_dict().values()]
    assert {row.op for row in p.layers} == {"parameter"}
    assert {row.count for row in p.layers} == {None}


def test_safetensors_and_torch_files_say_the_same(tmp_path: Path) -> None:
    save_file = pytest.importorskip("safetensors.torch").save_file
    save_file(net().state_dict(), tmp_path / "net.safetensors")
    torch.save(net().state_dict(), tmp_path / "net.pt")
    ours, theirs = netstat.profile(tmp_path / "net.safetensors"), netstat.profile(tmp_path / "net.pt")
    assert ours.totals == theirs.totals
    assert {row.path: row.params for row in ours.layers} == {row.path: row.params for row in theirs.layers}


def test_a_safetensors_header_is_all_that_is_read(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"weight": WEIGHT, "bias": BIAS, "__metadata__": {"a": "b"}}, 28)
    p = netstat.profile(path)
    assert [(row.path, row.output_shape) for row in p.layers] == [("weight", (2, 3)), ("bias", (2,))]
    assert (p.totals.params, p.totals.param_bytes) == (8, 28)


def test_macs_are_not_known_rather_than_zero(tmp_path: Path) -> None:
    torch.save(net().state_dict(), tmp_path / "net.pt")
    p = netstat.profile(tmp_path / "net.pt")
    assert (p.complete, p.uncounted) == (False, ())
    assert "not known: the file holds parameters and no forward pass" in str(p)
    assert [line.split()[-1] for line in str(p).splitlines() if line.startswith(("0.weight", "total"))] == ["?", "?"]


def test_a_depth_folds_tensors_into_modules(tmp_path: Path) -> None:
    torch.save(net().state_dict(), tmp_path / "net.pt")
    rows = netstat.profile(tmp_path / "net.pt", depth=1).layers
    assert [(row.path, row.op, row.params) for row in rows] == [
        ("0", "2 parameters", 4 * 3 * 9 + 4),
        ("1", "5 parameters", 8),
        ("3", "2 parameters", 2 * 16 + 2),
    ]


def test_tensors_under_two_names_count_once(tmp_path: Path) -> None:
    weight = torch.zeros(5, 7)
    torch.save({"embedding.weight": weight, "head.weight": weight, "other": weight[1:]}, tmp_path / "net.pt")
    p = netstat.profile(tmp_path / "net.pt")
    assert p.totals.params == 5 * 7 + 4 * 7
    assert [row.params for row in p.layers] == [35, 35, 28]


@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model"])
def test_the_state_dict_in_a_training_checkpoint_is_found(tmp_path: Path, key: str) -> None:
    torch.save({"epoch": 3, key: net().state_dict(), "optimizer": {"lr": 0.1}}, tmp_path / "net.pt")
    assert netstat.profile(tmp_path / "net.pt").totals.params == sum(map(torch.numel, net().parameters()))


def test_a_saved_table_comes_back_as_it_was(tmp_path: Path) -> None:
    torch.save(net().state_dict(), tmp_path / "net.pt")
    p = netstat.profile(tmp_path / "net.pt")
    p.save(tmp_path / "net.json")
    assert netstat.load(tmp_path / "net.json") == p


def test_the_whole_job_leaves_out_what_cannot_be_run_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save(net().state_dict(), tmp_path / "net.pt")
    assert main(["profile", str(tmp_path / "net.pt")]) == 0
    assert capsys.readouterr().err == (
        "netstat: cross-check and time are left out: a state dict holds parameters and nothing that runs\n"
    )


def test_names_cannot_control_the_terminal(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"\x1b[31mred\n": WEIGHT}, 24)
    (row,) = netstat.profile(path).layers
    assert row.path == r"\x1b[31mred\n"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"input_shape": (3, 8, 8)}, "a state dict holds parameters and nothing that runs: it takes no input"),
        ({"batch": 2}, "a state dict holds parameters and nothing that runs: it takes no input"),
        ({"args": (torch.zeros(1),)}, "a state dict is described by shapes, not by tensors"),
        ({"dtype": "bf16"}, "a state dict has its own dtypes"),
        ({"training": True}, "a state dict holds the evaluation pass"),
    ],
)
def test_what_a_state_dict_does_not_take(tmp_path: Path, given: dict[str, Any], says: str) -> None:
    torch.save(net().state_dict(), tmp_path / "net.pt")
    with pytest.raises(UsageError, match=says):
        netstat.profile(tmp_path / "net.pt", **given)


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    for i, saved in enumerate((Run(), {"weight": Run()}, net())):
        path = tmp_path / f"{i}.pt"
        torch.save(saved, path)
        with pytest.raises(ModelError, match="holds more than tensors, or is damaged, and is not run"):
            netstat.profile(path)


@pytest.mark.parametrize("saved", [[1, 2], {"epoch": 3}, torch.zeros(3), {"state_dict": 3}])
def test_what_is_no_state_dict_is_refused(tmp_path: Path, saved: Any) -> None:
    torch.save(saved, tmp_path / "a.pt")
    with pytest.raises(ModelError, match="holds no state dict"):
        netstat.profile(tmp_path / "a.pt")


def test_an_archive_that_would_unpack_to_more_is_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(10**6)}, tmp_path / "a.pt")
    with zipfile.ZipFile(tmp_path / "a.pt") as plain, zipfile.ZipFile(tmp_path / "b.pt", "w") as packed:
        for member in plain.namelist():
            packed.writestr(member, plain.read(member), zipfile.ZIP_DEFLATED)
    with pytest.raises(ModelError, match="it holds compressed members"):
        netstat.profile(tmp_path / "b.pt")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x03\x04" + bytes(100), b"\x80\x02.", b"hello"])
@pytest.mark.parametrize("suffix", ["pt", "safetensors"])
def test_damaged_files_end_in_one_line(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        netstat.profile(path)
    assert "\n" not in str(caught.value)


def test_a_truncated_archive_ends_in_one_line(tmp_path: Path) -> None:
    torch.save(net().state_dict(), tmp_path / "a.pt")
    whole = (tmp_path / "a.pt").read_bytes()
    for length in (10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "a.pt").write_bytes(whole[:length])
        with pytest.raises(ModelError, match="the archive is damaged"):
            netstat.profile(tmp_path / "a.pt")


@pytest.mark.parametrize(
    ("header", "data", "says"),
    [
        (b"[" * 10**5, 0, "its header is no JSON"),
        (b"[]", 0, "its header is no object"),
        (b'{"a": 1, "a": 2}', 0, "a name stands there twice"),
        ({"a": 1}, 0, "has no place in the file"),
        ({"a": {**WEIGHT, "data_offsets": [0]}}, 24, "has no place in the file"),
        ({"a": {**WEIGHT, "data_offsets": [0, 1e3]}}, 24, "has no place in the file"),
        ({"a": {**WEIGHT, "shape": 3}}, 24, "has no shape"),
        ({"a": {**WEIGHT, "shape": [2**62, 3]}}, 24, "has sizes that cannot be"),
        ({"a": {**WEIGHT, "shape": [-2, -3]}}, 24, "has sizes that cannot be"),
        ({"a": {**WEIGHT, "shape": [True] * 6}}, 24, "has sizes that cannot be"),
        ({"a": {**WEIGHT, "dtype": "F33"}}, 24, "has dtype F33, which netstat does not know"),
        ({"a": {**WEIGHT, "shape": [2, 4]}}, 24, "does not lie where its size puts it"),
        ({"a": WEIGHT, "b": WEIGHT}, 24, "does not lie where its size puts it"),
        ({"a": WEIGHT}, 23, "does not lie where its size puts it"),
        ({"a": WEIGHT}, 25, "1 bytes belong to no tensor"),
        ({}, 0, "holds no tensors"),
    ],
)
def test_a_header_that_cannot_be_is_refused(tmp_path: Path, header: Any, data: int, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        netstat.profile(safetensors(tmp_path / "a.safetensors", header, data))


@pytest.mark.parametrize("length", [2**63, 10**8 + 1, 1000])
def test_a_header_longer_than_the_file_is_not_read(tmp_path: Path, length: int) -> None:
    with pytest.raises(ModelError, match=f"its header would have {length} bytes"):
        netstat.profile(safetensors(tmp_path / "a.safetensors", {"a": WEIGHT}, 24, length))
