"""The answer of torch's FlopCounterMode for AlexNet, from nothing: import, build, count, print."""

import torch
import torchvision
from torch.utils.flop_counter import FlopCounterMode

model = torchvision.models.alexnet()
with torch.no_grad(), FlopCounterMode(display=False) as counter:
    model(torch.zeros(1, 3, 224, 224))
print(counter.get_total_flops())  # noqa: T201
