"""thop's answer for AlexNet, from nothing: import, build, count, print."""

import thop
import torch
import torchvision

model = torchvision.models.alexnet()
macs, _ = thop.profile(model, inputs=(torch.zeros(1, 3, 224, 224),), verbose=False)
print(int(macs))  # noqa: T201
