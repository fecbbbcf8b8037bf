"""Configurations of the transformers library: the model is the one they name, and nothing is fetched or run."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import torch

import netstat
from netstat.cli import main
from netstat.errors import ModelError, UsageError
from netstat.frontends.resolve import resolve
from netstat.frontends.subject import Inputs
from netstat.records import Profile
from tests.frontends.transformers_models import ARCHITECTURES, Architecture

transformers = pytest.importorskip("transformers", reason='needs pip install "netstat[transformers]"')
pytestmark = [pytest.mark.torch]
ONE = {one.kind: one for one in reversed(ARCHITECTURES)}


def folder_of(path: Path, kind: str, **more: Any) -> str:
    config = {"model_type": kind, "architectures": [ONE[kind].model], **ONE[kind].fields, **more}
    (path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return f"hf:{path}"


def inputs(p: Profile) -> dict[str, Any]:
    return {given.name: (given.shape, given.dtype) for given in p.inputs}


def test_the_architecture_that_is_named_is_built_and_its_head_counts(tmp_path: Path) -> None:
    base, head = tmp_path / "base", tmp_path / "head"
    base.mkdir()
    head.mkdir()
    without = netstat.profile(folder_of(base, "bert", architectures=None))
    with_head = netstat.profile(folder_of(head, "bert"))
    assert (without.model, with_head.model) == ("BertModel", "BertForMaskedLM")
    model = transformers.BertForMaskedLM(transformers.BertConfig(**ONE["bert"].fields))
    assert with_head.totals.params == sum(parameter.numel() for parameter in model.parameters())
    assert with_head.layers[-1].path == "cls.predictions.decoder"


def test_tied_weights_count_once(tmp_path: Path) -> None:
    p = netstat.profile(folder_of(tmp_path, "gpt2", tie_word_embeddings=True))
    untied = netstat.profile(folder_of(tmp_path, "gpt2", tie_word_embeddings=False))
    assert untied.totals.params - p.totals.params == 100 * 32
    assert untied.totals.macs == p.totals.macs


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("llama", {"input": ((1, 128), "int64")}),
        ("t5", {"input_ids": ((1, 128), "int64"), "decoder_input_ids": ((1, 128), "int64")}),
        ("vit", {"input": ((1, 3, 32, 32), "float32")}),
        ("videomae", {"input": ((1, 4, 3, 32, 32), "float32")}),
        ("clip", {"input_ids": ((1, 77), "int64"), "pixel_values": ((1, 3, 32, 32), "float32")}),
        ("whisper", {"input_features": ((1, 20, 100), "float32"), "decoder_input_ids": ((1, 128), "int64")}),
        ("wav2vec2", {"input": ((1, 16000), "float32")}),
        ("audio-spectrogram-transformer", {"input": ((1, 64, 32), "float32")}),
    ],
)
def test_inputs_follow_from_the_configuration(tmp_path: Path, kind: str, expected: dict[str, Any]) -> None:
    assert inputs(netstat.profile(folder_of(tmp_path, kind))) == expected


def test_an_input_can_be_given_by_name_or_as_the_main_one(tmp_path: Path) -> None:
    t5 = folder_of(tmp_path, "t5")
    tokens = {"input_ids": ((2, 16), "int64"), "decoder_input_ids": ((2, 128), "int64")}
    assert inputs(netstat.profile(t5, {"input_ids": (16,)}, batch=2)) == tokens
    assert inputs(netstat.profile(t5, (16,), batch=2)) == tokens
    both = netstat.profile(t5, {"decoder_input_ids": (4,), "input_ids": (16,)})
    assert [shape for shape, _ in inputs(both).values()] == [(1, 16), (1, 4)]


def test_the_command_line_takes_a_file_a_folder_and_an_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path, "bert")
    assert main(["profile", folder, "--fast", "-i", "input_ids=128:int64", "--json"]) == 0
    given = json.loads(capsys.readouterr().out)
    assert main(["profile", f"{folder}/config.json", "--fast", "--json"]) == 0
    named = json.loads(capsys.readouterr().out)
    assert named | {"origin": given["origin"]} == given
    assert main(["compare", f"{folder}/config.json", "lenet"]) == 0


def test_twice_the_tokens_are_twice_the_work_of_the_linear_layers(tmp_path: Path) -> None:
    def macs(tokens: int) -> int:
        layers = netstat.profile(name, (tokens,)).layers
        return sum(row.macs for row in layers if row.op == "linear")

    name = folder_of(tmp_path, "llama")
    assert macs(64) == 2 * macs(32) > 0


def test_options_replace_fields(tmp_path: Path) -> None:
    name = folder_of(tmp_path, "llama")
    one, three = (netstat.profile(f"{name}(num_hidden_layers={n})") for n in (1, 3))
    assert len({row.path for row in three.layers} - {row.path for row in one.layers}) > 10
    assert three.model == "LlamaForCausalLM(num_hidden_layers=3)"


@pytest.mark.parametrize("kind", ["gpt2", "llama", "whisper"])
def test_a_causal_model_looks_at_its_positions_and_needs_no_mask(tmp_path: Path, kind: str) -> None:
    graph = resolve(folder_of(tmp_path, kind), Inputs()).graph
    attention = [node for node in graph.nodes if node.op == "scaled_dot_product_attention"]
    assert graph.device == "meta"
    assert any(node.attributes["is_causal"] for node in attention)
    assert all(node.argument("attn_mask") is None for node in attention)


def test_only_the_selected_experts_are_counted(tmp_path: Path) -> None:
    name = folder_of(tmp_path, "mixtral")
    two = netstat.profile(name)
    assert netstat.profile(f"{name}(num_local_experts=8)").totals.params > two.totals.params


def test_nothing_of_the_process_is_left_changed(tmp_path: Path) -> None:
    from huggingface_hub import constants

    before = transformers.logging.get_verbosity(), constants.HF_HUB_OFFLINE, torch.get_default_dtype()
    state = torch.random.get_rng_state()
    netstat.profile(folder_of(tmp_path, "llama", dtype="bfloat16"))
    assert (transformers.logging.get_verbosity(), constants.HF_HUB_OFFLINE, torch.get_default_dtype()) == before
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_configuration_cannot_reach_the_network_or_bring_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: reached.append(address))
    (tmp_path / "modeling.py").write_text("raise SystemExit('it was run')")
    more = {
        "auto_map": {"AutoModel": "modeling.Model", "AutoConfig": "modeling.Config"},
        "attn_implementation": "kernels-community/flash-attn2",
        "_attn_implementation": "kernels-community/flash-attn2",
        "experts_implementation": "nobody/knows",
        "quantization_config": {"quant_method": "gptq", "bits": 4},
        "trust_remote_code": True,
    }
    assert netstat.profile(folder_of(tmp_path, "bert", **more)).totals.macs > 0
    detr = tmp_path / "detr.json"
    detr.write_text('{"model_type": "detr", "backbone": "nobody/knows", "use_timm_backbone": false}')
    with pytest.raises(ModelError):
        netstat.profile(f"hf:{detr}")
    assert reached == []


@pytest.mark.parametrize("architecture", ["nobody", "AutoModel", "BertConfig", "__doc__", 3])
def test_an_architecture_that_is_no_model_gives_way_to_the_base_model(tmp_path: Path, architecture: Any) -> None:
    assert netstat.profile(folder_of(tmp_path, "bert", architectures=[architecture])).model == "BertModel"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no configuration: JSONDecodeError"),
        ("[" * 10**5, "is no configuration: RecursionError"),
        ("[1]", "it names no model_type"),
        ('{"model_type": 3}', "it names no model_type"),
        ('{"model_type": "nobody\\u001b[31m"}', r"has no model of type 'nobody\\x1b\[31m'"),
        ('{"model_type": "bert", "hidden_size": "many"}', "bert|Bert"),
        ('{"model_type": "bert", "hidden_size": -3}', "could not be built"),
        ('{"model_type": "bert", "hidden_size": 4611686018427387904}', "could not be built"),
        ('{"model_type": "bert", "dtype": "hub"}', "could not be built|does not fit"),
    ],
)
def test_a_configuration_that_cannot_be_ends_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ModelError, match=says) as caught:
        netstat.profile(f"hf:{tmp_path}")
    assert "\n" not in str(caught.value)


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no such file"):
        netstat.profile(f"hf:{tmp_path}")


def test_an_input_of_unknown_size_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "perceiver", "num_latents": 4, "d_latents": 8, "d_model": 8}')
    with pytest.raises(UsageError, match="the size of the model's input 'inputs' is not known; give it, for example"):
        netstat.profile(f"hf:{tmp_path}")


def test_every_small_architecture_has_a_name_of_its_own() -> None:
    assert len({(one.kind, one.model) for one in ARCHITECTURES}) == len(ARCHITECTURES) >= 25
    assert all(isinstance(one, Architecture) for one in ARCHITECTURES)
