"""Exported programs: the figures of the module they came from, and nothing of a file is unpickled, evaluated or run."""

import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import netstat
from netstat.cli import main
from netstat.errors import ModelError, ShapeError, UsageError

pytestmark = [pytest.mark.torch]
PROGRAM = "net/models/model.json"


class Run:
    """What a pickle runs when it is loaded without care."""

    def __reduce__(self) -> Any:
        return exec, ("raise SystemExit('it was run')",)


class Net(nn.Module):
    """Tied weights, a constant, an attribute with a common name, several outputs, sizes that depend on sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm = nn.BatchNorm1d(8)
        self.program = nn.Linear(8, 10)
        self.program.weight = self.embedding.weight
        self.constant = torch.ones(2)

    def forward(self, tokens: torch.Tensor) -> dict[str, torch.Tensor]:
        hidden = self.embedding(tokens)
        hidden = self.norm(self.attention(hidden, hidden, hidden)[0].transpose(1, 2)).transpose(1, 2)
        summed = hidden[:, 0].reshape(tokens.shape[0], -1) + torch.zeros(tokens.shape[0], 8) + self.constant.sum()
        return {"logits": self.program(hidden), "summed": summed, "half": hidden[:, 1:3].chunk(2, dim=1)[0].half()}


def conv() -> nn.Module:
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2)), nn.Flatten(), nn.Linear(4 * 9, 5)
    ).eval()


def saved(folder: Path, module: nn.Module, *inputs: torch.Tensor, **options: Any) -> str:
    path = folder / "net.pt2"
    torch.export.save(torch.export.export(module, inputs, **options), path)
    return str(path)


def tampered(path: str, change: Callable[[dict[str, Any]], Any], name: str = PROGRAM) -> str:
    """The same archive with one of its JSON files changed."""
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    program = json.loads(members[name])
    changed = change(program)
    members[name] = json.dumps(program if changed is None else changed).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def graph_in(program: dict[str, Any]) -> dict[str, Any]:
    graph: dict[str, Any] = program["graph_module"]["graph"]
    return graph


def test_an_exported_module_counts_as_the_module_row_by_row(tmp_path: Path) -> None:
    module = conv()
    ours, theirs = netstat.profile(saved(tmp_path, module, torch.zeros(1, 3, 8, 8))), netstat.profile(module, (3, 8, 8))
    assert ours.totals == theirs.totals
    assert ours.layers == theirs.layers
    assert ours.inputs == theirs.inputs


@pytest.mark.slow
def test_alexnet_exported_counts_as_alexnet(tmp_path: Path) -> None:
    import torchvision

    path = saved(tmp_path, torchvision.models.alexnet().eval(), torch.zeros(1, 3, 224, 224))
    ours, theirs = netstat.profile(path), netstat.profile("torchvision:alexnet")
    counted = ("path", "op", "module", "params", "macs", "flops", "bytes_read", "bytes_written", "receptive_field")
    rows = [[getattr(row, name) for name in counted] for row in theirs.layers]
    assert [[getattr(row, name) for name in counted] for row in ours.layers] == rows
    assert ours.totals == theirs.totals


@pytest.mark.parametrize("batch", [1, 4, 7])
def test_an_open_first_dimension_is_the_batch(tmp_path: Path, batch: int) -> None:
    rows = torch.export.Dim("rows", min=2, max=64)
    path = saved(tmp_path, conv(), torch.zeros(4, 3, 8, 8), dynamic_shapes=({0: rows},))
    ours, theirs = netstat.profile(path, batch=batch), netstat.profile(conv(), (3, 8, 8), batch=batch)
    assert ours.totals == theirs.totals
    assert ours.inputs == theirs.inputs


def test_tied_weights_constants_and_sizes_of_sizes(tmp_path: Path) -> None:
    module = Net().eval()
    rows = torch.export.Dim("rows", min=2, max=64)
    path = saved(tmp_path, module, torch.zeros(4, 5, dtype=torch.long), dynamic_shapes=({0: rows},))
    p = netstat.profile(path, batch=3)
    assert p.totals.params == sum(parameter.numel() for parameter in module.parameters())
    assert p.totals.buffer_bytes == sum(b.numel() * b.element_size() for b in (*module.buffers(), module.constant))
    assert {"embedding", "attention", "norm", "program", ""} == {row.path for row in p.layers}
    assert [row.params for row in p.layers if row.path == "program"] == [90]
    assert p.uncounted == ()


def test_frozen_parameters_stay_frozen(tmp_path: Path) -> None:
    module = conv()
    module[2].weight.requires_grad_(False)
    p = netstat.profile(saved(tmp_path, module, torch.zeros(1, 3, 8, 8)))
    assert p.totals.params - p.totals.trainable_params == 36 * 5


def test_several_inputs_keep_their_names(tmp_path: Path) -> None:
    class Sum(nn.Module):
        def forward(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
            return left + right

    p = netstat.profile(saved(tmp_path, Sum(), torch.zeros(2, 3), torch.zeros(1, 3)))
    assert [(given.name, given.shape) for given in p.inputs] == [("left", (2, 3)), ("right", (1, 3))]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"input_shape": (3, 9, 9)}, "input 'input' is 1×3×8×8 in the file; export it with open dimensions"),
        ({"batch": 4}, "export it with open dimensions"),
        ({"input_shape": {"z": (3, 8, 8)}}, "the file has no input 'z'; it has input"),
        ({"dtype": "bf16"}, "an exported program has its own dtypes"),
        ({"training": True}, "an exported program holds the evaluation pass"),
        ({"args": (torch.zeros(1, 3, 8, 8),)}, "an exported program is described by shapes"),
    ],
)
def test_what_the_file_settles_for_itself(tmp_path: Path, given: dict[str, Any], says: str) -> None:
    path = saved(tmp_path, conv(), torch.zeros(1, 3, 8, 8))
    with pytest.raises(UsageError, match=says):
        netstat.profile(path, **given)


def test_the_whole_job_leaves_out_what_cannot_be_run_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, conv(), torch.zeros(1, 3, 8, 8))
    assert main(["profile", path]) == 0
    said = capsys.readouterr().err
    assert said == "netstat: cross-check and time are left out: an exported program is read, not run\n"


def test_an_operator_of_another_library_is_listed_and_not_called(tmp_path: Path) -> None:
    def change(program: dict[str, Any]) -> None:
        graph_in(program)["nodes"][1]["target"] = "torch.ops.somebody.relu.default"

    p = netstat.profile(tampered(saved(tmp_path, conv(), torch.zeros(1, 3, 8, 8)), change))
    assert [(item.path, item.op) for item in p.uncounted] == [("0.1", "somebody.relu.default")]


@pytest.mark.parametrize(
    "target",
    ["os.system", "builtins.eval", "torch.load", "torch.ops.load_library", "torch.ops.aten.__class__.__init__",
     "torch.ops.aten.from_file.default", "_operator.methodcaller", "torch.ops.aten.relu_"],
)  # fmt: skip
def test_no_other_name_is_called(tmp_path: Path, target: str) -> None:
    def change(program: dict[str, Any]) -> None:
        node = graph_in(program)["nodes"][1]
        node["target"] = target
        node["inputs"][0]["arg"] = {"as_string": "echo it was run"}

    p = netstat.profile(tampered(saved(tmp_path, conv(), torch.zeros(1, 3, 8, 8)), change))
    assert p.totals.macs > 0


def test_pickles_in_the_archive_are_never_loaded(tmp_path: Path) -> None:
    path = saved(tmp_path, conv(), torch.zeros(1, 3, 8, 8))
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content if member.endswith(("json", "version", "format")) else pickle.dumps(Run()))
    assert netstat.profile(path).totals == netstat.profile(conv(), (3, 8, 8)).totals


def test_expressions_in_the_program_are_never_evaluated(tmp_path: Path) -> None:
    def change(program: dict[str, Any]) -> None:
        size = {"as_expr": {"expr_str": "__import__('os').abort()", "hint": {"as_int": 4}}}
        graph_in(program)["tensor_values"]["input"]["sizes"][0] = size
        program["guards_code"] = ["__import__('os').abort()"]

    path = tampered(saved(tmp_path, conv(), torch.zeros(1, 3, 8, 8)), change)
    assert netstat.profile(path).inputs[0].shape == (1, 3, 8, 8)


def _huge(program: dict[str, Any]) -> None:
    graph_in(program)["tensor_values"]["p_2_weight"]["sizes"][0] = {"as_int": 2**62}


def _no_values(program: dict[str, Any]) -> None:
    graph_in(program)["tensor_values"].clear()


def _no_graph(program: dict[str, Any]) -> None:
    del program["graph_module"]


def _sizes_out_of_hand(program: dict[str, Any]) -> None:
    huge = {"name": "a", "arg": {"as_int": 2**62}, "kind": 1}
    outputs = [{"as_sym_int": {"as_name": "huge"}}]
    node = {"target": "_operator.mul", "inputs": [huge, huge], "outputs": outputs, "metadata": {}}
    graph_in(program)["nodes"].insert(0, node)


def _circle(program: dict[str, Any]) -> None:
    nodes = graph_in(program)["nodes"]
    nodes[0]["inputs"][0]["arg"] = {"as_tensor": {"name": nodes[-1]["outputs"][0]["as_tensor"]["name"]}}


def _other_format(program: dict[str, Any]) -> None:
    program["schema_version"] = {"major": 99, "minor": 0}


def _names(program: dict[str, Any]) -> None:
    program["graph_module"]["signature"]["input_specs"][0]["parameter"]["parameter_name"] = "forward..\x1b[31m"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_huge, "has sizes that cannot be"),
        (_no_values, "is damaged, or was written by a torch"),
        (_no_graph, "is damaged, or was written by a torch"),
        (_circle, "raised KeyError"),
        (_sizes_out_of_hand, "computes with sizes that cannot be"),
        (_other_format, "has a format other than 8"),
        (_names, "is damaged, or was written by a torch"),
        (lambda program: [1], "the program in it is no object"),
    ],
)
def test_a_program_that_cannot_be_ends_in_one_line(
    tmp_path: Path, change: Callable[[dict[str, Any]], Any], says: str
) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        netstat.profile(tampered(saved(tmp_path, conv(), torch.zeros(1, 3, 8, 8)), change))
    assert str(caught.value).isprintable()


def test_a_layer_that_cannot_take_its_input_is_named(tmp_path: Path) -> None:
    def change(program: dict[str, Any]) -> None:
        graph_in(program)["tensor_values"]["input"]["sizes"][1] = {"as_int": 5}

    with pytest.raises(ShapeError, match=r"layer '0\.0': needs 3 input channels, got 5"):
        netstat.profile(tampered(saved(tmp_path, conv(), torch.zeros(1, 3, 8, 8)), change))


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"PK\x03\x04" + bytes(100)])
def test_damaged_files_end_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "net.pt2").write_bytes(content)
    with pytest.raises(ModelError, match="the archive is damaged"):
        netstat.profile(tmp_path / "net.pt2")


def test_an_archive_without_a_program_or_packed_is_refused(tmp_path: Path) -> None:
    for packing, says in ((zipfile.ZIP_STORED, "holds 0 exported programs"), (zipfile.ZIP_DEFLATED, "compressed")):
        with zipfile.ZipFile(tmp_path / "net.pt2", "w") as archive:
            archive.writestr("net/archive_format", "pt2", packing)
        with pytest.raises(ModelError, match=says):
            netstat.profile(tmp_path / "net.pt2")
