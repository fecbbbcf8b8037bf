"""What letters and functions of formulas stand for, in words."""

from collections.abc import Mapping

LETTERS = {
    "N": "batch size",
    "C": "channels",
    "H": "height",
    "W": "width",
    "T": "frames",
    "L": "length",
    "F": "values in a row",
    "R": "rows",
    "I": "input features",
    "O": "output features",
    "K": "kernel size",
    "S": "stride",
    "P": "padding",
    "D": "dilation",
    "g": "groups",
    "taps": "taps of all windows that lie inside the input",
    "windows": "windows with a tap inside the input",
}
FUNCTIONS = {
    "taps": (
        "taps(L, L_out, K, S, D, P, P)",
        "of L_out windows of K taps, D apart, moved by S over L positions with padding P before and after: the taps "
        "that lie inside the input",
    ),
    "occupied": (
        "occupied(L, L_out, K, S, D, P, P)",
        "of L_out windows of K taps, D apart, moved by S over L positions with padding P before and after: the windows "
        "with a tap inside the input",
    ),
    "gcd": ("gcd(a, b)", "greatest common divisor"),
    "min": ("min(a, b)", "the smaller one"),
    "max": ("max(a, b)", "the larger one"),
    "mod": ("mod(a, b)", "what is left of a after division by b"),
}
_SIDES = {"in": "input {}", "out": "output {}"}
_AXES = {"h": "height", "w": "width", "l": "length", "t": "frames"}


def meaning(letter: str, own: Mapping[str, str]) -> str:
    """What a letter stands for: "C_in" is "input channels", "K_h" "kernel size along the height".

    Args:
        letter: as formulas have it.
        own: what letters mean to the operator, where that is not what they mean elsewhere.
    """
    words = {**LETTERS, **own}
    if letter in words:
        return words[letter]
    stem, _, tail = letter.rpartition("_")
    if stem == "d":
        return f"size of dimension {tail}"
    if not stem:
        return ""
    if tail in _SIDES:
        return _SIDES[tail].format(meaning(stem, own))
    if tail in _AXES:
        return f"{meaning(stem, own)} along the {_AXES[tail]}"
    return f"{meaning(stem, own)} of another tensor"
