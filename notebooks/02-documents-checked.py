# %% [markdown]
# # The documents, checked
#
# Five study notes on AlexNet and VGG make claims about sizes, costs, memory and time. Here each is worked out. Every figure below is computed or measured
# when the notebook runs; `docs/documents.md` has all rows with their commands, and `tests/documents` a test named after each.

# %% [markdown]
# ## The worked examples: 55.25 → 55, 23,296 parameters, 37,752,832 parameters
#
# The formulas are the operators' own, run on letters; the numbers are put in afterwards, and the result is held against the profile.

# %%
import netstat

print(netstat.explain("alexnet", ["features.0", "classifier.1"]))

# %% [markdown]
# ## Cost as a formula
#
# Floors are exact, so that the formula gives the profile's integer at any size for which it holds.

# %%
formula = netstat.formula("alexnet")
formula.macs

# %%
for height, width in ((224, 224), (227, 227), (320, 256)):
    counted = netstat.profile("alexnet", (3, height, width)).totals.macs
    assert formula.macs.subs({"N": 1, "H": height, "W": width}) == counted
    print(f"{height}×{width}: {counted:,}")

# %%
largest = netstat.formula("vgg16").solve("macs < 5G")
print(f"VGG-16 under {largest.limit:,} MACs: up to {largest.sizes['H']}×{largest.sizes['W']}, {largest.value:,}; one pixel further {largest.next_value:,}")

# %% [markdown]
# ## The family
#
# 62.3 M parameters and 1.1 G multiply-accumulates are those of the paper's network in one column; the other variants have others.

# %%
netstat.compare("alexnet-paper", "alexnet", "alexnet-bvlc", "alexnet-d2l", "lenet")

# %% [markdown]
# ## "The two big fully connected layers hold nearly 1 GB of parameters"
#
# As parameters they do not; with gradients and Adam's two moments they nearly do.

# %%
rows = {row.path: row for row in netstat.profile("alexnet-paper").layers}
held = 4 * (rows["classifier.0"].params + rows["classifier.3"].params)
for copies, reading in ((1, "parameters"), (2, "and gradients"), (3, "and momentum"), (4, "Adam: and two moments")):
    print(f"{copies * held / 1e9:5.3f} GB  {reading}")

# %% [markdown]
# ## Small kernels
#
# Three 3×3 convolutions see what one of 7×7 sees: 27C² weights against 49C², three non-linearities against one.

# %%
small, large = netstat.compare("stack: conv3x3-256 x3", "stack: conv7x7-256").models
assert small.totals.params == 27 * 256**2 and large.totals.params == 49 * 256**2
assert small.receptive_field == large.receptive_field == (7, 7)
netstat.compare("stack: conv3x3-256 x3", "stack: conv7x7-256")

# %% [markdown]
# ## Receptive fields

# %%
weighted_or_pooled = [row for row in netstat.profile("alexnet").layers if row.op in ("conv2d", "max_pool2d")]
for row in weighted_or_pooled:
    print(f"{row.path:12} {row.op:10} sees {row.receptive_field[0]:3} pixels, steps of {row.jump[0]}")

# %% [markdown]
# ## Overlapping pooling
#
# What windows of 3 with a stride of 2 cost beside windows of 2. That they lower the error by 0.4 and 0.3 points is the paper's finding (section 3.4).

# %%
for pool in netstat.profile("alexnet", overlapping=True).overlapping:
    print(f"{pool.path:12} {pool.flops:9,} operations, {pool.twin_flops:9,} without overlap")

# %% [markdown]
# ## Activations
#
# Sigmoid and tanh take a special function per element and lose their gradient for large |x|; ReLU takes one comparison.

# %%
activations = netstat.activations(threads=1)
named = {each.name: each for each in activations.activations}
(times,) = (each for each in activations.benchmarks if each.threads == 1)
seconds = {layer.path: layer.median_seconds for layer in times.layers}
for name in ("relu", "sigmoid", "tanh"):
    low, high = named[name].alive
    print(f"{name:8} {1e9 * seconds[name] / named[name].elements:6.3f} ns per element, gradient of 1 % or more from {low:g} to {high:g}")
print("reliable:", times.reliable, times.warnings)

# %%
from matplotlib import pyplot

figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.2))
for name in ("relu", "sigmoid", "tanh"):
    axes[0].plot(activations.x, named[name].value, label=name)
    axes[1].plot(activations.x, named[name].gradient, label=name)
axes[0].set(title="function", ylim=(-1.5, 3))
axes[1].set(title="gradient")
axes[1].legend()
figure.tight_layout()

# %% [markdown]
# ## Two cards
#
# What crosses between the paper's two cards, forward and back, and what each has to hold at batch 128.

# %%
split = netstat.partition("alexnet-paper", ways=2, batch=128, paper=True)
for layer in split.layers:
    if layer.crossings:
        print(f"{layer.path or '(output)':14} {layer.forward_bytes:12,} bytes forward {layer.backward_bytes:12,} back")
print("training peak of a card:", f"{max(card.training_peak_bytes for card in split.cards):,} bytes; of one card alone {split.single.training_peak_bytes:,}")

# %% [markdown]
# ## Two processes send what was worked out
#
# The split network runs in two processes that talk by gloo; what each hands over is counted.

# %%
run = netstat.partition("alexnet-paper", ways=2, paper=True, training=False, run=True)
assert (run.run.forward_bytes, run.run.backward_bytes) == (run.forward_bytes, run.backward_bytes)
print(f"{run.run.forward_bytes:,} bytes forward, {run.run.backward_bytes:,} back; outputs differ by {run.run.output_difference:.1e} of the largest")

# %% [markdown]
# ## Fully convolutional testing
#
# Parameters stay, the cost at 224 stays, and a larger image gives a map of scores. Without adaptive pooling the smallest image is 224, not 32.

# %%
for side in (224, 256, 384):
    p = netstat.profile("vgg16", (3, side, side), fully_convolutional=True)
    height, width = p.layers[-1].output_shape[2:]
    print(f"{side}: {height}×{width} scores, {p.totals.params:,} parameters, {p.totals.macs:,} MACs")

# %%
netstat.views("vgg16")

# %% [markdown]
# ## Fine-tuning
#
# The last layer alone trains: what goes away.

# %%
freezing = netstat.profile("alexnet-bvlc", train_only=["classifier.6"]).freezing
for name in ("trainable_params", "gradient_bytes", "backward_macs"):
    print(f"{name:16} {getattr(freezing.before, name):15,} → {getattr(freezing.after, name):12,}")

# %% [markdown]
# ## A training step, and one image
#
# LeNet, so that it takes seconds here; `netstat benchmark alexnet-d2l --train -b 128 --epochs 10 --images 60000` is the note's own case.

# %%
from netstat.measure.settings import QUICK

(step,) = netstat.benchmark("lenet", training=True, batch=128, epochs=10, images=60_000, threads=1, settings=QUICK).training
for phase in step.phases:
    print(f"{phase.name:10} {1e3 * phase.median_seconds:8.3f} ms")
print(f"{step.examples_per_second:,.0f} examples/s in training, {128 / step.inference_seconds:,.0f} in inference; ten epochs: {step.forecast.seconds:.0f} s")
