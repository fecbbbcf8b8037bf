"""Architectures of the transformers library, built small from a configuration alone."""

from pathlib import Path
from typing import Any

import pytest

import netstat
from tests.frontends.transformers_models import ARCHITECTURES, Architecture

transformers = pytest.importorskip("transformers", reason='needs pip install "netstat[transformers]"')
pytestmark = [pytest.mark.torch, pytest.mark.slow]


def saved(architecture: Architecture, folder: Path) -> tuple[str, Any]:
    """A folder with the configuration, and the real model."""
    kind, model, fields = architecture
    config = transformers.AutoConfig.for_model(kind, **fields)
    config.architectures = [model] if model else None
    config.save_pretrained(folder)
    made = getattr(transformers, model)(config) if model else transformers.AutoModel.from_config(config)
    return f"hf:{folder}", made


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda one: one.model or f"{one.kind}, no architecture")
def test_a_configuration_alone_gives_the_parameters_of_the_model(architecture: Architecture, tmp_path: Path) -> None:
    name, model = saved(architecture, tmp_path)
    p = netstat.profile(name)
    uncounted = sorted({item.op for item in p.uncounted})
    assert p.model == type(model).__name__
    assert p.totals.params == sum(parameter.numel() for parameter in model.parameters()), uncounted
    assert p.totals.macs > 0
    assert p.complete, uncounted
