"""netstat's answer for the same AlexNet module, from nothing: import, build, count, print."""

import torchvision

import netstat

model = torchvision.models.alexnet()
print(netstat.profile(model, (3, 224, 224)).totals.macs)  # noqa: T201
