# %% [markdown]
# # AlexNet, number by number
#
# What torchstat's table showed, and why each figure is what it is. Everything below is computed when the notebook runs.

# %%
import netstat

p = netstat.profile("alexnet")
p

# %% [markdown]
# ## The worked examples
#
# The first convolution: 224 pixels, an 11×11 kernel, padding 2, stride 4. The window fits ⌊(224 − 11 + 2·2) / 4⌋ + 1 times, (217 / 4 = 54.25, so 54) + 1 = 55.
# Its parameters are 11·11·3·64 weights and 64 biases. Each of the 64·55·55 outputs takes 11·11·3 multiplications and as many additions, the bias included.

# %%
rows = {row.path: row for row in p.layers}
conv1, fc6 = rows["features.0"], rows["classifier.1"]
side = (224 - 11 + 2 * 2) // 4 + 1
assert conv1.output_shape == (1, 64, side, side)
assert conv1.params == 11 * 11 * 3 * 64 + 64
assert conv1.flops == 2 * 11 * 11 * 3 * 64 * side * side
assert fc6.params == 9216 * 4096 + 4096
conv1.output_shape, conv1.params, conv1.flops, fc6.params

# %% [markdown]
# ## Where the parameters are, and where the work is
#
# The convolutions hold few of the parameters and do most of the work.

# %%
for group in p.groups:
    if group.params:
        print(f"{group.name:16} {group.params / p.totals.params:7.2%} of params {group.macs / p.totals.macs:7.2%} of MACs")

# %%
from IPython.display import Image

from netstat.registry import REPORTS

Image(REPORTS["png"].render(p))

# %% [markdown]
# ## The family
#
# The paper's network in one column, the port with two groups, the book's version for small grey images, and LeNet.

# %%
netstat.compare("alexnet", "alexnet-paper", "alexnet-bvlc", "alexnet-d2l", "lenet")

# %% [markdown]
# ## Other counters
#
# thop, fvcore and PyTorch's own counter are run for real. Each difference has its reason and its amount.

# %%
checks = netstat.crosscheck("alexnet", against=["thop", "fvcore", "torch"])
for check in checks:
    print(check.peer, check.reported, "=", check.ours, *(f"{term.amount:+} ({term.reason})" for term in check.terms))
assert all(check.closed for check in checks if not check.error)

# %% [markdown]
# ## Time
#
# A first look on one CPU thread: the median of the bare forward pass, and which layers take it. `reliable` says whether the machine was quiet enough to
# cite the figure.

# %%
from netstat.measure.settings import QUICK

(time,) = netstat.benchmark("alexnet", threads=1, settings=QUICK)
slowest = sorted(time.layers, key=lambda layer: -layer.median_seconds)[:5]
print(f"{time.device_name}: {1e3 * time.median_seconds:.1f} ms, reliable: {time.reliable}, warnings: {time.warnings}")
for layer in slowest:
    print(f"{layer.path:14} {layer.op:12} {1e3 * layer.median_seconds:7.2f} ms {layer.median_seconds / time.median_seconds:7.1%}")

# %% [markdown]
# ## Activation functions
#
# Sigmoid and tanh flatten out for large inputs, where their gradient is close to zero; ReLU needs no exponential.

# %%
from netstat.graph import TensorSpec
from netstat.ops import OPERATORS

for name in ("relu", "tanh", "sigmoid"):
    cost = OPERATORS[name].cost(TensorSpec((1,)))
    print(f"{name:8} {cost.compares} comparisons, {cost.adds + cost.divides} additions and divisions, {cost.specials} special functions per value")
