"""torchinfo's answer for AlexNet, from nothing: import, build, count, print."""

import torchinfo
import torchvision

model = torchvision.models.alexnet()
print(torchinfo.summary(model, (1, 3, 224, 224), verbose=0).total_mult_adds)  # noqa: T201
