"""What torchinfo's differences are billed as, and what running it leaves behind."""

import gc
import weakref

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn.utils import prune  # noqa: E402

from netstat.frontends.pruning import pruned  # noqa: E402
from netstat.peers import PEERS  # noqa: E402
from tests.one_operator import IMAGE, RECORDED, SEQUENCE, VECTORS, Calls, conv  # noqa: E402
from tests.peers.closing import closes  # noqa: E402
from tests.peers.settled import captured, settled  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.peers, pytest.mark.filterwarnings("ignore")]


def test_eight_images_are_eight_times_one() -> None:
    model = nn.Sequential(conv(), nn.BatchNorm2d(6), nn.PReLU(), nn.Flatten(), nn.Linear(6 * 8 * 8, 3))
    one, eight = (closes("torchinfo", model, torch.zeros(batch, 4, 8, 8)) for batch in (1, 8))
    assert eight.reported == 8 * one.reported


def test_a_pruned_layer_counts_the_weights_its_mask_keeps() -> None:
    layer = prune.random_unstructured(prune.l1_unstructured(conv(), "weight", 16), "bias", 1)
    graph = pruned(captured(layer.eval(), torch.zeros(IMAGE)), lambda: layer)
    check = closes("torchinfo", layer, torch.zeros(IMAGE), graph=graph)
    assert check.reported == (4 * 6 * 9 - 16 + 6 - 1) * 128
    assert {term.reason: term.amount for term in check.terms} == {
        "weights that a pruning mask sets to zero not counted": -16 * 128,
        "biases of convolutions, linear and recurrent layers counted, each as often as the weights": 5 * 128,
    }


def test_a_scripted_module_is_not_hooked() -> None:
    check = closes(
        "torchinfo", nn.Sequential(torch.jit.script(nn.Linear(16, 10)), nn.Linear(10, 3)), torch.zeros(VECTORS)
    )
    assert (check.reported, [term.amount for term in check.terms]) == (33 * 2, [-160 * 2, 3 * 2])


@pytest.mark.parametrize(
    ("case", "reason", "amount"),
    [
        ("transposed conv, bias", "defect: transposed convolution counted per output", 52224 - 12288 - 3072),
        ("transposed conv, bias", "biases of convolutions", 3072),
        ("conv without a batch", "defect: convolution without a batch", 10368 - 13824),
        ("linear on a sequence", "defect: linear layer counted for the first dimension alone", 320 - 3200),
        ("lstm cell", "defect: recurrent cell", 13312 - 2 * 64 * 8 - 1536),
        ("lstm, batch first", "biases of convolutions, linear and recurrent layers", 64 * 20),
        ("bilinear", "bilinear layer counted as its weights", 5120 - 5440),
        ("embedding", "defect: embedding counted as its whole table", 50 * 16 * 2),
        ("prelu", "parametric relu counted as its slopes", 2),
        ("batch norm", "normalisation counted as its parameters", 16),
        ("attention", "functional call, attention's included", -26880),
    ],
)
def test_a_difference_is_billed_under_its_name(case: str, reason: str, amount: int) -> None:
    terms = closes("torchinfo", RECORDED[case].make(), RECORDED[case].input).terms
    assert [term.amount for term in terms if term.reason.startswith(reason)] == [amount]


def test_what_is_billed_as_ignored_sequences_names_its_issue() -> None:
    (term, _) = sorted(
        closes("torchinfo", nn.Linear(16, 10), torch.zeros(SEQUENCE)).terms, key=lambda term: term.amount
    )
    assert term.issue == "torchinfo#77"


@pytest.mark.parametrize("case", ["conv 3x3, bias", "lstm, batch first", "transformer encoder layer", "attention"])
def test_tensors_without_values_are_counted_like_real_ones(case: str) -> None:
    pytest.importorskip("torchinfo")
    from netstat.peers._stand_ins import with_values, without_values

    model, count = (RECORDED[case].make().eval(), (RECORDED[case].input,)), PEERS["torchinfo"].count
    assert count(*without_values(*model)) == count(*with_values(*model))


@pytest.mark.slow
def test_a_model_is_not_kept_alive() -> None:
    pytest.importorskip("torchinfo")
    model = nn.Linear(16, 10)
    watch = weakref.ref(model)
    PEERS["torchinfo"].count(model, (torch.zeros(VECTORS),))
    del model
    gc.collect()
    assert watch() is None


def test_parameters_of_one_weight_in_two_modules_are_reported_twice() -> None:
    model = nn.Sequential(nn.Linear(16, 16, bias=False), nn.Linear(16, 16, bias=False))
    model[1].weight = model[0].weight
    assert closes("torchinfo", model, torch.zeros(VECTORS)).reported_params == 2 * 256


def test_an_output_without_dimensions_is_an_error_of_torchinfo() -> None:
    model = Calls(lambda m, x: (x * m.weight).sum(), weight=torch.ones(16))
    check = settled("torchinfo", model, torch.zeros(VECTORS))
    assert check.reported is None
    assert "not installed" in check.error or check.error.startswith("IndexError")
