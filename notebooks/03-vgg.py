# %% [markdown]
# # VGG: small kernels, many of them
#
# The networks of Simonyan and Zisserman (2015): 3×3 convolutions with padding 1, so that only the pooling layers make images smaller, and three
# fully connected layers behind them. What does each choice cost? All figures below are worked out when the notebook runs.

# %%
import netstat

p = netstat.profile("vgg16")
assert p.totals.params == 138_357_544
p

# %% [markdown]
# ## Where the parameters are, and where the work is
#
# The first fully connected layer alone holds more parameters than everything else together; nearly all of the work is done by the convolutions.

# %%
fc6 = next(layer for layer in p.layers if layer.path == "classifier.0")
assert fc6.params == 512 * 7 * 7 * 4096 + 4096 > p.totals.params / 2
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
# From 11 to 19 layers with weights: the fully connected ones stay as they are, so that the parameters hardly grow while the work more than doubles.

# %%
family = netstat.compare("vgg11", "vgg13", "vgg16", "vgg19")
first, last = family.models[0], family.models[-1]
assert [model.totals.params for model in family.models] == [132_863_336, 133_047_848, 138_357_544, 143_667_240]
assert last.params_ratio < 1.1 and last.macs_ratio > 2.5
family

# %% [markdown]
# Batch normalisation costs little: two parameters for each channel, and an affine map of each activation.

# %%
netstat.compare("vgg16", "vgg16_bn")

# %% [markdown]
# ## Three of 3×3 instead of one of 7×7
#
# A stack of three sees as far, with 27C² weights instead of 49C² and three non-linearities instead of one. Two of them see what one of 5×5 sees.

# %%
two, five, three, seven = netstat.compare(
    "stack: conv3x3-256 x2", "stack: conv5x5-256", "stack: conv3x3-256 x3", "stack: conv7x7-256"
).models
assert two.receptive_field == five.receptive_field == (5, 5)
assert three.receptive_field == seven.receptive_field == (7, 7)
assert three.totals.params == 27 * 256**2 and seven.totals.params == 49 * 256**2
for name, small, large in (("5×5", two, five), ("7×7", three, seven)):
    print(f"{name}: {small.totals.params:,} weights instead of {large.totals.params:,}, {small.totals.params / large.totals.params:.1%}; non-linearities {small.nonlinearities} instead of {large.nonlinearities}")

# %% [markdown]
# ## How far each layer sees
#
# Each pooling layer doubles the step, so that the field grows faster and faster; what the last one hands on has seen nearly the whole image.

# %%
for layer in p.layers:
    if layer.op == "max_pool2d":
        print(f"{layer.path:12} {layer.output_shape[2]:3}×{layer.output_shape[3]:<3} positions, each sees {layer.receptive_field[0]:3} pixels, steps of {layer.jump[0]}")

# %% [markdown]
# ## Written by hand
#
# A `forward` that calls `F.relu` and reshapes has no modules for these: whoever hooks modules does not see them. netstat follows the calls.

# %%
by_hand = netstat.profile("vgg16-functional")
assert by_hand.totals.params == p.totals.params and by_hand.totals.macs == p.totals.macs
functional = [layer for layer in by_hand.layers if layer.path == "" or layer.op != "conv2d" and not layer.module]
for op in dict.fromkeys(layer.op for layer in functional):
    print(f"{op:12} {sum(layer.op == op for layer in functional):3} calls in forward itself")

# %% [markdown]
# ## Cost as a formula, and larger images
#
# The convolutions grow with the area of the image; the fully connected layers do not, because an adaptive pooling layer stands before them.

# %%
formula = netstat.formula("vgg16")
formula.macs

# %%
scaling = netstat.scaling("vgg16")
Image(REPORTS["png"].render(scaling))

# %% [markdown]
# As a fully convolutional network it takes the larger image whole, and gives a map of scores: same parameters, same cost at the size it was made for.

# %%
for side in (224, 256, 384, 512):
    whole = netstat.profile("vgg16", (3, side, side), fully_convolutional=True)
    height, width = whole.layers[-1].output_shape[2:]
    assert whole.totals.params == p.totals.params
    print(f"{side}: {height:2}×{width:<2} scores, {whole.totals.macs:15,} MACs, {whole.totals.macs / p.totals.macs:5.2f} times those of one crop")

# %% [markdown]
# ## Memory
#
# A forward pass needs little beside its parameters. A training step keeps activations of every layer until their gradients are there.

# %%
for batch in (1, 32, 64):
    memory = netstat.memory("vgg16", batch=batch)
    print(f"batch {batch:3}: inference {memory.inference_peak_bytes / 2**30:6.2f} GiB, training {memory.training_peak_bytes / 2**30:6.2f} GiB")
