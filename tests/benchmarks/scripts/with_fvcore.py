"""fvcore's answer for AlexNet, from nothing: import, build, count, print."""

import torch
import torchvision
from fvcore.nn import FlopCountAnalysis

model = torchvision.models.alexnet()
counted = FlopCountAnalysis(model, torch.zeros(1, 3, 224, 224)).unsupported_ops_warnings(False)
print(int(counted.total()))  # noqa: T201
