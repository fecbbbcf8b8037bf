"""Models split over cards, and what was counted when they ran, as docs/partition.md."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import netstat
from netstat.analysis.largest_batch import largest_batch
from netstat.records.partition import HOW, Partition
from netstat.units import exact
from tests.benchmarks.page import table

PAGE = Path(__file__).parents[2] / "docs" / "partition.md"
BATCH, LIMIT = 128, 3 * 10**9
SIZES = {"3 GB": LIMIT, "3 GiB": 3 * 2**30}
PAPER: dict[str, Any] = {"model": "alexnet-paper", "paper": True}
DENSE: dict[str, Any] = {"model": "alexnet-paper"}
BVLC: dict[str, Any] = {"model": "alexnet-bvlc"}
SPLITS = {
    "`alexnet-paper --paper`": PAPER,
    "`alexnet-paper --paper --lrn across`": {**PAPER, "lrn": "across"},
    "`alexnet-bvlc`": BVLC,
    "`alexnet-bvlc --lrn within`": {**BVLC, "lrn": "within"},
    "`alexnet-paper`": DENSE,
    "`alexnet-paper --ways 4`": {**DENSE, "ways": 4},
    "`alexnet`": {"model": "alexnet"},
    "`vgg16`": {"model": "vgg16"},
}
RUNS: tuple[dict[str, Any], ...] = (
    {"model": "lenet", "ways": 2, "batch": 4},
    {"model": "lenet", "ways": 3, "batch": 4},
    {"model": "lenet", "ways": 4, "batch": 4},
    {**PAPER, "batch": 1},
    {**BVLC, "batch": 1},
    {**BVLC, "ways": 4, "batch": 1},
    {**DENSE, "batch": 1},
    {"model": "vgg11_bn", "ways": 3, "input_shape": (3, 64, 64), "batch": 2},
    {"model": "resnet18", "ways": 2, "input_shape": (3, 64, 64), "batch": 2},
    {"model": "mobilenet_v2", "ways": 3, "input_shape": (3, 64, 64), "batch": 2},
)
HEAD = """# Partition: a model split over several cards

`netstat partition MODEL --ways N` (`netstat.partition`) deals out the output channels of every convolution and linear
layer to N cards, as the paper of AlexNet did over two GTX 580, and says what each card holds and what crosses between
them. This page is written by

```bash
python -m tests.partition
```

All figures are bytes of float32 of all cards together, unless they say otherwise.

## What is counted

- Channels are dealt out in order and as evenly as they can be; where they do not come out, the first cards have one
  more. The input is on every card, and does not count.
- What a card lacks of a tensor when an operator needs it is sent by the card that made it, to each card that lacks it,
  once: it is kept. Zeros that a layer of its own puts around an image (`alexnet-bvlc`) cross like any other value.
- **Back**: the receiver's part of the gradient of what crossed, as many bytes the other way, where the gradient is in
  parts. The output is collected on every card, which works out the loss; from there nothing goes back.
- **Data parallelism**: every card has the whole model and its part of the batch. A ring adds the gradients up: each of
  w cards sends 2·(w − 1)/w times their bytes (Patarasuk and Yuan 2009), all together 2·(w − 1) times.
- Parameters that several cards have whole get their gradients added up like that too, and are in the total.

How each operator runs is one of:
"""
RULES = """
A convolution sees the channels of the groups that its own output channels lie in: with groups=2 on two cards those that
are there. A convolution of each channel by itself, normalisation per channel, pooling, activations, dropout and sums
of tensors split the same way are local; `cat` keeps each tensor's parts, and behind `flatten` a range of channels is
a range of features. Linear layers need all. Whatever has no rule (`permute`, attention, transposed convolutions) is
collected, counted as crossing and marked `gathered`.

### Local response normalisation

Section 3.3 of the paper sums over adjacent kernel maps of all N kernels of the layer; section 3.5 connects conv2, conv4
and conv5 to the maps on their own card alone, so that nothing is exchanged before conv3. The second holds only if the
normalisation of a card sees its own maps. So there are two: **across** (the default) computes the model, and two
channels beside the border cross; **within** is what the paper's exchange implies, another function at the borders.
`--paper` is groups in convolutions 2, 4 and 5 of `alexnet-paper`, and **within**.
"""
LIMITS = """
Cards run models of one input and one output whose operators are convolutions, linear layers, batch and local response
normalisation, pooling in two dimensions, padding, the usual activations, dropout, sums and products, `cat`, `flatten`
and `reshape`; others are refused in one line, and have no training peak of a card either. The bytes are those of the
tensors that are handed to torch.distributed; what gloo and TCP add to them is not in them.
"""
SPLIT = f"""\
What crosses at batch {BATCH}, what data parallelism sends in a step, and the largest batch at which the split
sends no more. **Groups would save**: with as many groups as cards in every convolution where they fit.
"""
FIT = """\
SGD with momentum; the peak of a training step as `netstat memory` predicts it, gone through on a card's own part of
the model without values; the workspace of kernels comes on top. 3 GB are 3·10⁹ bytes.
"""
FITTED = """\
The network with groups is that of the paper. What torch keeps for the normalisation alone is several tensors of the
size of its input; the paper's own kernels are not known.
"""
LARGEST = """\
Of the paper's split, by the same prediction: each batch below fits, and one example more does not.
"""
MIXED = f"""\
What a training step at batch {BATCH} sends, by kind of layer. Convolutions have few weights and many activations,
linear layers the other way round: Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014,
arXiv:1404.5997), runs the one by data parallelism and splits the other: **mixed**. At the border between the two a
split layer gets as many bytes as behind a split one.
"""
RUN = """\
`--run` starts a process for each card, which has its part of the weights and nothing else of them, and exchanges
exactly the channels above over torch.distributed (gloo). Each process counts the bytes of every tensor where it hands
it over. Outputs, and the gradients of all parameters, are held against the model in one process: in float64 they may
differ by 4,096 units in the last place of the largest value, 9.1·10⁻¹³ of it. Bytes are of float64.
"""


@cache
def split(name: str) -> Partition:
    return netstat.partition(batch=BATCH, training=False, **SPLITS[name])


def render() -> str:
    """The page; runs models in processes of their own, which takes minutes."""
    return "\n".join([worked_out(), *largest(), *ran()])


def worked_out() -> str:
    """What needs no run."""
    rules = table(["how", "what it means"], [[f"`{how}`", words] for how, words in HOW.items()])
    parts = [HEAD, rules + RULES, *_paper(), *_splits(), *_cards(), *_data()]
    return "\n".join(parts)


def _paper() -> Iterator[str]:
    record = split("`alexnet-paper --paper`")
    yield "## The paper's two cards\n"
    yield f"`netstat partition alexnet-paper --paper -b {BATCH}`: where anything crosses, per image and per batch.\n"
    rows = []
    for row in record.layers:
        if row.crossings:
            need = row.needs[0]
            each = [count // BATCH for count in (row.forward_bytes, row.backward_bytes)]
            counts = (*each, row.forward_bytes, row.backward_bytes)
            rows.append([f"`{row.path or '(output)'}`", row.op, f"all {exact(need.size)}", *map(exact, counts)])
    image = record.example_bytes or (0, 0)
    rows.append(["total", "", "", *map(exact, (*image, record.forward_bytes, record.backward_bytes))])
    yield table(["layer", "operator", "needs", "image forward", "back", f"batch of {BATCH} forward", "back"], rows)
    yield "Convolutions 1, 2, 4 and 5, the normalisations and the poolings send nothing.\n"


def _splits() -> Iterator[str]:
    yield "## With groups, without, and across\n"
    yield SPLIT
    heads = ["split", "cards", "params", "forward", "back", "groups would save", "data parallelism", "break-even batch"]
    rows = []
    for name in SPLITS:
        r = split(name)
        counts = (r.single.params, r.forward_bytes, r.backward_bytes, r.grouped_bytes, r.data_parallel_bytes)
        rows.append([name, str(r.ways), *map(exact, counts), exact(r.break_even_batch or 0)])
    yield table(heads, rows)


def _cards() -> Iterator[str]:
    yield f"## Does training at batch {BATCH} fit in 3 GB, on one card and on two?\n"
    yield FIT
    heads = [
        "split",
        "card",
        "params",
        "parameters",
        "gradients",
        "momentum",
        "activations",
        "received",
        "peak",
        "3 GB",
    ]
    rows = []
    for name in ("`alexnet-paper --paper`", "`alexnet-paper`"):
        record = netstat.partition(batch=BATCH, limit=LIMIT, **SPLITS[name])
        for words, card in (("one, all of it", record.single), ("each of two", record.cards[0])):
            assert card.training_peak_bytes is not None
            counts = (card.params, card.param_bytes, card.gradient_bytes, card.optimizer_bytes, card.output_bytes)
            fits = "yes" if card.training_peak_bytes <= LIMIT else "no"
            more = (card.received_bytes, card.training_peak_bytes)
            rows.append([name, words, *map(exact, (*counts, *more)), fits])
    yield table(heads, rows)
    yield FITTED


def _data() -> Iterator[str]:
    yield "## Convolutions by data, linear layers by model\n"
    yield MIXED
    rows = []
    for name in ("`alexnet-paper --paper`", "`alexnet-paper`", "`alexnet`", "`vgg16`"):
        record = split(name)
        kinds = {kind.family: kind for kind in record.kinds}
        both = [kinds[family] for family in ("convolution", "fully connected")]
        counts = [count for kind in both for count in (kind.split_bytes, kind.data_parallel_bytes)]
        rows.append(
            [name, *map(exact, (*counts, record.step_bytes, record.data_parallel_bytes, record.mixed_bytes or 0))]
        )
    heads = ["model", "conv split", "conv data", "linear split", "linear data", "all split", "all data", "mixed"]
    yield table(heads, rows)


def largest() -> Iterator[str]:
    """The largest batches, each found by some ten predictions."""
    yield "## The largest batch that fits\n"
    yield LARGEST
    rows = []
    for card, words in enumerate(("one, all of it", "each of two")):
        fits = [largest_batch("training", lambda batch: peaks(batch)[card], limit) for limit in SIZES.values()]  # noqa: B023
        rows.append([words, *(exact(count) for fit in fits for count in (fit.batch, fit.peak_bytes))])
    yield table(["card", *(head for size in SIZES for head in (f"batch in {size}", "peak"))], rows)


@cache
def peaks(batch: int) -> tuple[int, int]:
    """Of a training step of the paper's network: on one card, and on each of two."""
    record = netstat.partition(batch=batch, **PAPER)
    half, one = record.cards[0].training_peak_bytes, record.single.training_peak_bytes
    assert half is not None
    assert one is not None
    return one, half


def ran() -> Iterator[str]:
    """The runs."""
    yield "## Run for real\n"
    yield RUN
    heads = ["model", "cards", "batch", "forward", "counted", "back", "counted", "outputs and gradients"]
    rows = []
    for given in RUNS:
        record = netstat.partition(dtype="fp64", training=False, run=True, **given)
        run = record.run
        assert run is not None
        said = (record.forward_bytes, run.forward_bytes, record.backward_bytes, run.backward_bytes)
        rows.append(
            [_named(given), str(record.ways), str(record.batch), *map(exact, said), "same" if run.same else "NO"]
        )
    yield table(heads, rows)
    yield LIMITS.strip() + "\n"


def _named(given: dict[str, Any]) -> str:
    sizes = "x".join(map(str, given.get("input_shape", ())))
    return f"`{given['model']}{' --paper' if given.get('paper') else ''}{f' -i {sizes}' if sizes else ''}`"
