# %% [markdown]
# # Time, roofline, memory
#
# Counts are exact and hold anywhere; times are of one machine at one moment. This notebook measures the machine it runs on, and every sentence below that
# holds a measured figure was written by the cell that measured it. Small models and short runs, so that it takes a minute; `netstat benchmark` takes longer and
# knows more.
#
# ## One forward pass
#
# The median of a forward pass without hooks, its interval, and the layers in a second run. `reliable` says whether the machine was quiet enough to cite the figure; if it
# was not, the warnings say why.

# %%
import netstat
from IPython.display import Image, Markdown, display
from netstat.measure.settings import QUICK
from netstat.registry import REPORTS
from netstat.units import duration, mebibytes, scaled

times = netstat.benchmark("alexnet", threads=1, roofline=True, settings=QUICK)
times

# %%
(time,) = times
slowest = max(time.layers, key=lambda layer: layer.median_seconds)
display(Markdown(
    f"AlexNet takes **{duration(time.median_seconds)}** on one thread of {time.device_name}; "
    f"`{slowest.path}` alone {slowest.median_seconds / time.median_seconds:.0%} of it. "
    + ("The figure is reliable." if time.reliable else f"The machine was not quiet: {', '.join(time.warnings)}.")
))

# %% [markdown]
# ## Under the roof
#
# A layer can be no faster than the arithmetic it does at the machine's peak, nor than the bytes it has to move at the machine's bandwidth. Both were measured here as well.
# Convolutions are far to the right, where arithmetic limits; a fully connected layer with one image uses each weight once, and waits for memory.

# %%
Image(REPORTS["png"].render(times))

# %%
(roofline,) = times.roofline
linear = next(layer for layer in roofline.layers if layer.path == "classifier.1")
conv = next(layer for layer in roofline.layers if layer.path == "features.3")
of_conv, of_linear, peak = (scaled(each.flops_per_second, "FLOP/s") for each in (conv, linear, roofline.ceiling))
display(Markdown(
    f"`features.3` does {conv.arithmetic_intensity:.0f} operations for each byte and runs at {of_conv}; "
    f"`classifier.1` does {linear.arithmetic_intensity:.2f} and runs at {of_linear}. The peak measured here is {peak}."
))

# %% [markdown]
# ## Latency and throughput
#
# A larger batch uses each weight more often. How much that gives, the clock says.

# %%
batches = netstat.benchmark("lenet", batch=[1, 4, 16, 64], threads=1, settings=QUICK)
Image(REPORTS["png"].render(batches))

# %%
one, most = batches[0], batches[3]
display(Markdown(
    f"From batch {one.batch} to {most.batch} LeNet goes from {one.examples_per_second:,.0f} to {most.examples_per_second:,.0f} images a second, "
    f"**{most.examples_per_second / one.examples_per_second:.1f} times** as many; a batch takes {duration(most.median_seconds)} instead of {duration(one.median_seconds)}."
))

# %% [markdown]
# ## A training step
#
# Forward, loss, backward, optimizer: how much more than inference?

# %%
training = netstat.benchmark("lenet", training=True, batch=64, threads=1, settings=QUICK)
(step,) = training.training
Image(REPORTS["png"].render(training))

# %%
phases = ", ".join(f"{phase.name} {duration(phase.median_seconds)}" for phase in step.phases)
display(Markdown(f"A step takes {duration(step.median_seconds)}, **{step.times_inference:.1f}** forward passes of inference: {phases}."))

# %% [markdown]
# ## Memory, predicted and measured
#
# The prediction allocates nothing: it follows the life of every tensor through the pass. Beside it stands what the allocator said when the step was really taken.

# %%
memory = netstat.memory("alexnet", batch=8, measure=True)
Image(REPORTS["png"].render(memory))

# %%
for measured in memory.measured:
    predicted = memory.predicted(measured.passed)
    print(f"{measured.passed:10} predicted {mebibytes(predicted.peak_bytes):>12}  measured {mebibytes(measured.peak_bytes):>12} ({measured.how})")

# %% [markdown]
# What the training step is made of: the optimizer is the user's choice, the activations grow with the batch.

# %%
for optimizer in ("sgd", "sgd-momentum", "adam"):
    need = netstat.memory("alexnet", batch=8, optimizer=optimizer).training
    print(f"{optimizer:14} peak {mebibytes(need.peak_bytes):>12}, of which state of the optimizer {mebibytes(need.optimizer_bytes):>12}")

# %% [markdown]
# ## Devices that are not at hand
#
# A forecast is no measurement, and says so: a range, from the work of each operator and what makers state of a device.

# %%
netstat.forecast("alexnet", device=["h100", "rtx-4090"], batch=128)
