"""ptflops' answer for AlexNet, from nothing: import, build, count, print."""

import ptflops
import torchvision

model = torchvision.models.alexnet()
macs, _ = ptflops.get_model_complexity_info(
    model, (3, 224, 224), as_strings=False, print_per_layer_stat=False, verbose=False
)
print(int(macs))  # noqa: T201
