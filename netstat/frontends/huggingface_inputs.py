"""What a model of the transformers library takes, as its configuration has it."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from netstat.errors import UsageError
from netstat.frontends.subject import Inputs, Shape

TOKENS = 128  # of a text, where nobody says how many
SAMPLES = 16_000  # one second of sound at the rate these models take
FRAMES = 1_000  # ten seconds of spectrogram
IMAGE_SIDE = 224
PARTS = (
    "vision_config", "text_config", "audio_config", "speech_config", "encoder", "decoder", "backbone_config",
    "text_encoder", "audio_encoder",
)  # fmt: skip
Given = tuple[Shape, str, str]


def default_inputs(model: Any, config: Any, inputs: Inputs) -> Iterator[list[Given]]:
    """Inputs to try, one set after the other: the main one; a mask besides; all whose sizes the configuration states.

    What the user gave replaces the default of that name; without a name it is the main input.
    """
    takes = list(inspect.signature(model.forward).parameters)
    main = next((name for name in (model.main_input_name, *RULES) if name in takes), takes[0])
    given = {name or main: (shape, dtype or _dtype(name or main), name or main) for shape, dtype, name in inputs.shapes}
    needed = [main, *_decoder(config, takes)]
    yield list(_filled(needed, config, given))
    if main == "input_ids" and "attention_mask" in takes:  # without one, some look whether there is padding
        tokens = given[main][0] if main in given else _tokens(config)
        yield list(_filled(needed, config, {**given, "attention_mask": (tokens, "int64", "attention_mask")} | given))
    more = [name for name in RULES if name in takes and name not in needed and _stated(name, config)]
    if more:
        yield list(_filled([*needed, *more], config, given))


def _decoder(config: Any, takes: list[str]) -> list[str]:
    return [name for name in ("decoder_input_ids",) if name in takes and getattr(config, "is_encoder_decoder", False)]


def _filled(names: list[str], config: Any, given: dict[str, Given]) -> Iterator[Given]:
    for name in dict.fromkeys((*names, *given)):
        if name in given:
            yield given[name]
        elif name in RULES:
            yield RULES[name](config), _dtype(name), name
        else:
            raise UsageError(f"the size of the model's input '{name}' is not known; give it, for example -i {name}=16")


def _dtype(name: str) -> str:
    """Tokens and masks are integers; "" is the model's own floating-point dtype."""
    return "int64" if name.endswith(("_ids", "_mask", "bbox")) else ""


def _find(config: Any, *names: str, default: Any = None) -> Any:
    """The first of the fields that the configuration has, or a part of it."""
    parts = [config, *(part for name in PARTS if (part := getattr(config, name, None)) is not None)]
    for part in parts:
        for name in names:
            value = part.get(name) if isinstance(part, dict) else getattr(part, name, None)
            if value is not None:
                return value
    return default


def _stated(name: str, config: Any) -> bool:
    """Whether the configuration speaks of an input of this kind at all."""
    fields = {
        "input_ids": ("vocab_size",),
        "pixel_values": ("image_size", "num_channels"),
        "input_features": ("num_mel_bins",),
    }
    return _find(config, *fields.get(name, ("",))) is not None


def _tokens(config: Any) -> Shape:
    longest = _find(config, "max_position_embeddings", "n_positions", "max_target_positions", default=TOKENS)
    return (min(TOKENS, longest) if isinstance(longest, int) and longest > 0 else TOKENS,)


def _pixels(config: Any) -> Shape:
    size = _find(config, "image_size", "img_size", default=IMAGE_SIDE)
    if isinstance(size, dict):
        size = [size.get("height", IMAGE_SIDE), size.get("width", IMAGE_SIDE)]
    sides = tuple(size) if isinstance(size, (list, tuple)) else (size, size)
    frames = _find(config, "num_frames", "frames_per_clip")
    shape = (_find(config, "num_channels", "in_channels", "in_chans", default=3), *sides)
    return (frames, *shape) if isinstance(frames, int) else shape


def _sound(config: Any) -> Shape:
    bins, length = _find(config, "num_mel_bins"), _find(config, "max_length")
    return (length, bins) if bins and length else (SAMPLES,)


def _features(config: Any) -> Shape:
    bins, positions = _find(config, "num_mel_bins"), _find(config, "max_source_positions")
    if bins and positions:
        return bins, 2 * positions  # whisper: two frames a position, as its first convolutions take them
    width = _find(config, "feature_projection_input_dim", "input_feat_per_channel", "input_dim", "num_mel_bins")
    if not width:
        raise UsageError(
            "the size of the model's input 'input_features' is not known; give it, -i input_features=80x3000"
        )
    return FRAMES, width


RULES: dict[str, Callable[[Any], Shape]] = {
    "input_ids": _tokens,
    "decoder_input_ids": _tokens,
    "pixel_values": _pixels,
    "pixel_values_videos": _pixels,
    "input_values": _sound,
    "input_features": _features,
}
