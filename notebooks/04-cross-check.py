# %% [markdown]
# # Cross-check: what other counters say, and why
#
# Tools that count operations disagree, by a little or by a factor of two. They do not count wrong: they count something else. netstat runs them, works out
# beforehand what each will say, and itemises the difference until nothing is left.

# %%
import netstat

TOOLS = ["thop", "fvcore", "torch", "torchinfo", "ptflops", "torchstat", "torchstat-madd"]
checks = netstat.crosscheck("alexnet", against=TOOLS)
assert all(check.closed for check in checks if not check.error)
checks

# %%
from IPython.display import Image

from netstat.registry import REPORTS

Image(REPORTS["png"].render(checks))

# %% [markdown]
# ## One bill
#
# thop counts the multiply-accumulates of convolutions and linear layers as netstat does, and adds something for the adaptive pooling layer: one for each element
# of a window and one for the division, for each output value. Nobody else does, and here it can be seen to the last operation.

# %%
(thop,) = netstat.crosscheck("alexnet", against=["thop"])
print(f"{thop.ours:15,} our {thop.unit}")
for term in thop.terms:
    print(f"{term.amount:+15,} {term.reason}, at {', '.join(term.paths)}")
print(f"{thop.predicted:15,} predicted\n{thop.reported:15,} reported\n{thop.unexplained:15,} unexplained")
assert thop.ours + sum(term.amount for term in thop.terms) == thop.predicted == thop.reported

# %% [markdown]
# ## MACs or FLOPs
#
# A multiply-accumulate is two operations. Tools that count operations say about twice what tools say that count multiply-accumulates, whatever they call their figure:
# torchstat's column "Flops" holds multiply-accumulates with biases, its column "MAdd" the multiplications and additions.

# %%
p = netstat.profile("alexnet")
flops, madd = netstat.crosscheck("alexnet", against=["torchstat", "torchstat-madd"])
for name, check in (("Flops", flops), ("MAdd", madd)):
    said = check.reported if check.reported is not None else check.predicted
    print(f"torchstat {name:6} {said:15,}: {said / p.totals.macs:5.3f} of our MACs, {said / p.totals.flops:5.3f} of our FLOPs")

# %% [markdown]
# ## The same model, counted in another way
#
# Every tool's way of counting is a convention of netstat's: `convention="thop"` gives thop's figure for every layer, also where thop is not installed.

# %%
for name in ("documents", "thop", "fvcore", "torch", "torchstat", "ptflops"):
    counted = netstat.profile("alexnet", convention=name)
    print(f"{name:12} {counted.totals.count:15,} {counted.unit}")

# %% [markdown]
# ## Where tools part
#
# Models beyond convolutions show who counts what: a transformer's attention is no layer with a hook, and normalisation is nothing or something.

# %%
attention = netstat.crosscheck("torchvision:vit_b_32", against=["thop", "fvcore", "torch", "ptflops"])
attention

# %%
Image(REPORTS["png"].render(attention))

# %%
for check in attention:
    off = (check.predicted / check.per_mac - check.ours) / check.ours
    largest = max(check.terms, key=lambda term: abs(term.amount) * (term.reason.find("two operations") < 0), default=None)
    print(f"{check.peer:8} {off:+8.2%} of our MACs; most by: {largest.reason if largest else 'nothing'}")

# %% [markdown]
# ## A model that nobody has seen
#
# The rules were written down beforehand and hold for any model, not only for those in tables. Here is one made up on the spot, with a grouped and a dilated
# convolution, a recurrent layer and functions in its `forward`.

# %%
import torch
from torch import nn


class MadeUp(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(6, 12, 3, groups=3, dilation=2, bias=False)
        self.norm, self.cells = nn.BatchNorm2d(12), nn.GRU(12, 20, batch_first=True)
        self.head = nn.Linear(20, 7)

    def forward(self, x):
        x = torch.tanh(self.norm(self.conv(x))).mean(3).transpose(1, 2)
        return self.head(self.cells(x)[0][:, -1])


made_up = netstat.crosscheck(MadeUp(), (6, 24, 32), against=["thop", "fvcore", "torch", "torchinfo", "ptflops"])
assert all(check.closed for check in made_up if not check.error)
made_up
