"""Built-in models as torch-free specs. Adding one is adding a function."""

from netstat.models import alexnet, lenet, vgg
from netstat.models.base import MODELS, Model

__all__ = ["MODELS", "Model", "alexnet", "lenet", "vgg"]
