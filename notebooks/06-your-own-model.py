# %% [markdown]
# # Your own model
#
# Anything that PyTorch runs can be profiled: a module, a function, a file. Nothing of it is trained or downloaded, no weights are needed, and the model is left as it was.

# %%
import netstat
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))

    def forward(self, x):
        return F.relu(x + self.conv2(F.relu(self.conv1(x))))


class Net(nn.Module):
    def __init__(self, channels=32, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, channels, 3, padding=1)
        self.blocks = nn.Sequential(*(Block(channels) for _ in range(4)))
        self.head = nn.Linear(channels, classes)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


model = Net()
p = netstat.profile(model, (3, 32, 32))
assert p.totals.params == sum(parameter.numel() for parameter in model.parameters())
p

# %% [markdown]
# The additions and activations that `forward` calls itself are rows of their own, under the module that calls them. As a tree, equal blocks stand together:

# %%
print(p.table(tree=True, depth=2, columns=["path", "module", "params", "macs", "macs_share"]))

# %%
from IPython.display import Image

from netstat.registry import REPORTS

Image(REPORTS["png"].render(p))

# %% [markdown]
# ## Why is that so?
#
# Every figure can be derived: the formula, the numbers of this layer in it, the result.

# %%
netstat.explain(model, "stem", input_shape=(3, 32, 32))

# %% [markdown]
# ## Changing something
#
# What would depthwise separable convolutions save? Change it, and compare.

# %%
def separable(channels):
    return nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, groups=channels), nn.Conv2d(channels, channels, 1))


lighter = Net()
for block in lighter.blocks:
    block.conv1, block.conv2 = separable(32), separable(32)
after = netstat.profile(lighter, (3, 32, 32))
print(f"{after.totals.macs / p.totals.macs:.1%} of the MACs, {after.totals.params / p.totals.params:.1%} of the parameters")
netstat.compare(p, after)

# %% [markdown]
# ## Inputs of any kind
#
# Shapes stand without the batch; inputs with names and whole numbers are given as such, or as the tensors themselves.

# %%
class Tagger(nn.Module):
    def __init__(self, words=1000, width=32):
        super().__init__()
        self.words, self.cells, self.head = nn.Embedding(words, width), nn.LSTM(width, width), nn.Linear(width, 17)

    def forward(self, ids, mask=None):
        states, _ = self.cells(self.words(ids))
        scores = self.head(states)
        return scores if mask is None else scores.masked_fill(~mask.unsqueeze(-1), 0.0)


by_shape = netstat.profile(Tagger(), [((16,), "int64", "ids"), ((16,), "bool", "mask")], batch=4)
ids, mask = torch.zeros(4, 16, dtype=torch.int64), torch.ones(4, 16, dtype=torch.bool)
assert netstat.profile(Tagger(), args=(ids,), kwargs={"mask": mask}).totals == by_shape.totals
by_shape

# %% [markdown]
# ## An operator nobody knows
#
# A kernel of one's own has no formula. It is listed, and the totals become lower bounds, with a sign that says so. Nothing counts as zero in silence.

# %%
@torch.library.custom_op("notebook::gated", mutates_args=())
def gated(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(x) * (x @ weight.T)


@gated.register_fake
def _(x, weight):
    return x.new_empty(*x.shape[:-1], len(weight))


class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(64, 64))

    def forward(self, x):
        return gated(x, self.weight)


unknown = netstat.profile(Gate(), (64,))
assert not unknown.complete
unknown

# %% [markdown]
# With a formula, which is one class with the signature of the function, it counts like any other; `docs/extending.md` has the rules.

# %%
@netstat.operator
class GatedOperator(netstat.Operator):
    """y = sigmoid(x) ⊙ (x·Wᵀ)."""

    name = "gated"
    torch = ("torch.ops.notebook.gated",)
    tensors = ("x", "weight")

    @staticmethod
    def shape(x, weight):
        return (netstat.TensorSpec((*x.shape[:-1], weight.shape[0]), x.dtype),)

    @classmethod
    def cost(cls, x, weight):
        (y,) = cls.shape(x, weight)
        macs = y.numel * x.shape[-1]
        return netstat.Cost(
            macs=macs,
            multiplies=macs + y.numel,  # those of the MACs, and by the sigmoid
            adds=macs - y.numel + x.numel,  # those of the MACs, and 1 + exp(−x)
            divides=x.numel,
            specials=x.numel,
            **netstat.traffic(read=(x, weight), written=(y,)),
        )

    @classmethod
    def products(cls, x, weight):
        return (netstat.Product(cls.cost(x, weight).macs, ("x",), ("weight",)),)


known = netstat.profile(Gate(), (64,))
assert known.complete and known.totals.macs == 64 * 64
known.totals.macs

# %% [markdown]
# ## Fine-tuning
#
# Which parameters train decides what a step has to keep.

# %%
for train_only in ((), ("head",), ("blocks.3", "head")):
    memory = netstat.memory(model, (3, 32, 32), batch=64, train_only=train_only)
    print(f"{', '.join(train_only) or 'everything':16} training peak {memory.training_peak_bytes:12,} bytes")

# %% [markdown]
# ## Keeping results
#
# A result is saved in the format its suffix names. JSON comes back as the record it was; `.ipynb` is a notebook like this one.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

with TemporaryDirectory() as folder:
    for suffix in ("json", "md", "html", "csv", "tex", "ipynb"):
        p.save(Path(folder) / f"net.{suffix}")
    assert netstat.load(Path(folder) / "net.json") == p
    print(*sorted(path.name for path in Path(folder).iterdir()))

# %% [markdown]
# ## From the command line
#
# A class or function in a file is named by both: `netstat profile my_model.py:Net -i 3x32x32`. The same model exported to ONNX has the same figures.

# %%
import io
import warnings

with TemporaryDirectory() as folder, warnings.catch_warnings():
    warnings.simplefilter("ignore")
    path = str(Path(folder) / "net.onnx")
    torch.onnx.export(model.eval(), (torch.zeros(1, 3, 32, 32),), path, verbose=False)
    exported = netstat.profile(path)
assert (exported.totals.params, exported.totals.macs) == (p.totals.params, p.totals.macs)
exported.totals.params, exported.totals.macs
