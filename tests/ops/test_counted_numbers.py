"""The numbers the oracle computes with count what is done to them, and nothing else."""

import pytest
from oracle.counted import Counted, Tally, contraction, total
from oracle.tensors import Tensor

from netstat.cost import Cost
from netstat.graph import TensorSpec


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.mark.parametrize(
    ("act", "value", "cost"),
    [
        (lambda x: x + 3, 5.0, Cost(adds=1)),
        (lambda x: 3 + x, 5.0, Cost(adds=1)),
        (lambda x: x - 3, -1.0, Cost(adds=1)),
        (lambda x: x * x, 4.0, Cost(multiplies=1)),
        (lambda x: 3 * x, 6.0, Cost(multiplies=1)),
        (lambda x: x / 4, 0.5, Cost(divides=1)),
        (lambda x: 1 / x, 0.5, Cost(divides=1)),
        (lambda x: x**3, 8.0, Cost(specials=1)),
        (lambda x: (x + x).sqrt(), 2.0, Cost(adds=1, specials=1)),
        (lambda x: (x - x).exp(), 1.0, Cost(adds=1, specials=1)),
        (lambda x: (x - x).tanh(), 0.0, Cost(adds=1, specials=1)),
        (lambda x: -x, -2.0, Cost()),
    ],
)
def test_each_operation_counts_one_in_its_own_field(act, value: float, cost: Cost, tally: Tally) -> None:  # type: ignore[no-untyped-def]
    assert act(Counted(2.0, tally)).value == value
    assert tally.cost() == cost


def test_a_comparison_counts_one_whichever_side_asks(tally: Tally) -> None:
    two = Counted(2.0, tally)
    assert two > 1
    assert not two > Counted(3.0, tally)
    assert tally.cost() == Cost(compares=2)


def test_the_largest_of_four_takes_three_comparisons(tally: Tally) -> None:
    assert max(Counted(number, tally) for number in (1.0, 4.0, 2.0, 3.0)).value == 4.0
    assert tally.cost() == Cost(compares=3)


def test_a_sum_of_four_takes_three_additions(tally: Tally) -> None:
    assert total(Counted(1.0, tally) for _ in range(4)).value == 4.0
    assert tally.cost() == Cost(adds=3)


def test_a_contraction_of_four_is_four_macs_of_four_multiplications_and_three_additions(tally: Tally) -> None:
    assert contraction((Counted(2.0, tally), Counted(3.0, tally)) for _ in range(4)).value == 24.0
    assert tally.cost() == Cost(macs=4, multiplies=4, adds=3)


def test_a_tensor_read_in_part_or_twice_moves_once_and_whole(tally: Tally) -> None:
    tensor = Tensor.filled(TensorSpec((2, 3), "float16"), tally, "input")
    assert tensor[0, 0] is tensor[0, 0]
    output = tensor.like((5,), "float64")
    output[0,] = tensor[1, 2]
    assert tally.cost() == Cost(bytes_read=12, bytes_written=40)


def test_a_view_and_a_look_at_the_values_off_the_books_move_nothing(tally: Tally) -> None:
    tensor = Tensor.filled(TensorSpec((2,)), tally, "input")
    turned = tensor.renamed((2,), {(0,): (1,), (1,): (0,)})
    assert turned.plain() == tensor.plain()[::-1]
    assert tally.cost() == Cost()
