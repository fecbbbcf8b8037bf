"""Architectures of the transformers library in small: model type, class and the fields that make it small."""

from typing import Any, NamedTuple

TEXT = {
    "vocab_size": 100,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
GROUPED = {**TEXT, "num_key_value_heads": 2, "head_dim": 8}
IMAGE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "image_size": 32,
    "patch_size": 8,
}
SEQ2SEQ = {
    "vocab_size": 100,
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 1,
    "forced_eos_token_id": None,
}
T5 = {"vocab_size": 100, "d_model": 32, "d_ff": 48, "d_kv": 8, "num_layers": 2, "num_heads": 4}
SOUND = {
    **TEXT,
    "conv_dim": [16, 16],
    "conv_stride": [5, 2],
    "conv_kernel": [10, 3],
    "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 8,
    "num_conv_pos_embedding_groups": 4,
}


class Architecture(NamedTuple):
    """A model type, the class that `architectures` names ("" for none), and fields of its configuration."""

    kind: str
    model: str
    fields: dict[str, Any]


ARCHITECTURES = [
    Architecture("bert", "BertForMaskedLM", TEXT),
    Architecture("bert", "", TEXT),
    Architecture("roberta", "RobertaForSequenceClassification", {**TEXT, "pad_token_id": 1}),
    Architecture("albert", "AlbertForMaskedLM", {**TEXT, "embedding_size": 16}),
    Architecture("electra", "ElectraForPreTraining", {**TEXT, "embedding_size": 16}),
    Architecture(
        "distilbert",
        "DistilBertForMaskedLM",
        {"vocab_size": 100, "dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48},
    ),
    Architecture("deberta", "DebertaForMaskedLM", {**TEXT, "relative_attention": True, "pos_att_type": ["c2p", "p2c"]}),
    Architecture("deberta-v2", "DebertaV2ForMaskedLM", {**TEXT, "relative_attention": True, "pos_att_type": ["c2p"]}),
    Architecture(
        "gpt2",
        "GPT2LMHeadModel",
        {"vocab_size": 100, "n_embd": 32, "n_layer": 2, "n_head": 4, "bos_token_id": 1, "eos_token_id": 2},
    ),
    Architecture("gpt_neox", "GPTNeoXForCausalLM", TEXT),
    Architecture("opt", "OPTForCausalLM", {**TEXT, "ffn_dim": 48, "word_embed_proj_dim": 32}),
    Architecture("bloom", "BloomForCausalLM", {"vocab_size": 100, "hidden_size": 32, "n_layer": 2, "n_head": 4}),
    Architecture("llama", "LlamaForCausalLM", GROUPED),
    Architecture("mistral", "MistralForCausalLM", GROUPED),
    Architecture("qwen2", "Qwen2ForCausalLM", GROUPED),
    Architecture("qwen3", "Qwen3ForCausalLM", GROUPED),
    Architecture("gemma2", "Gemma2ForCausalLM", GROUPED),
    Architecture("phi3", "Phi3ForCausalLM", GROUPED),
    Architecture("mixtral", "MixtralForCausalLM", {**GROUPED, "num_local_experts": 4, "num_experts_per_tok": 2}),
    Architecture(
        "qwen3_moe",
        "Qwen3MoeForCausalLM",
        {**GROUPED, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16},
    ),
    Architecture("mamba", "MambaForCausalLM", {"vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2}),
    Architecture("t5", "T5ForConditionalGeneration", T5),
    Architecture("t5", "T5EncoderModel", T5),
    Architecture("bart", "BartForConditionalGeneration", SEQ2SEQ),
    Architecture("marian", "MarianMTModel", SEQ2SEQ),
    Architecture("vit", "ViTForImageClassification", IMAGE),
    Architecture("deit", "DeiTForImageClassification", IMAGE),
    Architecture("beit", "BeitForImageClassification", IMAGE),
    Architecture("dinov2", "Dinov2Model", IMAGE),
    Architecture(
        "swin",
        "SwinForImageClassification",
        {"image_size": 32, "patch_size": 2, "embed_dim": 16, "depths": [1, 1], "num_heads": [2, 4], "window_size": 4},
    ),
    Architecture(
        "convnext",
        "ConvNextForImageClassification",
        {"image_size": 32, "hidden_sizes": [8, 16], "depths": [1, 1], "num_stages": 2},
    ),
    Architecture(
        "resnet",
        "ResNetForImageClassification",
        {"embedding_size": 8, "hidden_sizes": [16, 32], "depths": [1, 1], "layer_type": "basic"},
    ),
    Architecture(
        "segformer",
        "SegformerForSemanticSegmentation",
        {
            "hidden_sizes": [8, 16, 24, 32],
            "num_attention_heads": [1, 2, 4, 8],
            "depths": [1, 1, 1, 1],
            "decoder_hidden_size": 16,
        },
    ),
    Architecture("videomae", "VideoMAEForVideoClassification", {**IMAGE, "num_frames": 4}),
    Architecture("clip", "CLIPModel", {"projection_dim": 16, "text_config": TEXT, "vision_config": IMAGE}),
    Architecture("siglip", "SiglipModel", {"text_config": TEXT, "vision_config": IMAGE}),
    Architecture("blip", "BlipForConditionalGeneration", {"text_config": TEXT, "vision_config": IMAGE}),
    Architecture(
        "llava",
        "LlavaForConditionalGeneration",
        {
            "text_config": {**GROUPED, "model_type": "llama"},
            "vision_config": {**IMAGE, "model_type": "clip_vision_model"},
        },
    ),
    Architecture(
        "whisper", "WhisperForConditionalGeneration", {**SEQ2SEQ, "max_source_positions": 50, "num_mel_bins": 20}
    ),
    Architecture("wav2vec2", "Wav2Vec2ForCTC", SOUND),
    Architecture("hubert", "HubertForCTC", SOUND),
    Architecture(
        "audio-spectrogram-transformer",
        "ASTForAudioClassification",
        {**{key: IMAGE[key] for key in IMAGE if key != "image_size"}, "max_length": 64, "num_mel_bins": 32},
    ),
]
