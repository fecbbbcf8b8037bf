"""Models side by side."""

from netstat import compare


def test_the_alexnet_family_compares_in_the_order_it_was_named() -> None:
    names = ["alexnet", "alexnet-paper", "alexnet-bvlc", "alexnet-d2l", "lenet"]
    models = compare(*names).models
    assert [model.model for model in models] == names
    assert [model.weighted_layers for model in models] == [8, 8, 8, 8, 5]


def test_ratios_are_to_the_first() -> None:
    first, second = compare("vgg11", "vgg19").models
    assert (first.params_ratio, first.macs_ratio) == (1, 1)
    assert second.macs_ratio == 19_632_062_464 / 7_609_090_048
