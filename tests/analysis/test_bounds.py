"""What operators without a formula can take at most."""

import pytest

from netstat.analysis.bounds import MAX_PER_ELEMENT, at_most, is_bounded, uncounted
from netstat.analysis.profile import profile
from netstat.api.subjects import check_complete
from netstat.conventions import CONVENTIONS
from netstat.errors import IncompleteError
from netstat.graph import Argument, Graph, Node, Source, TensorSpec
from netstat.ops import OPERATORS

X = TensorSpec((2, 3))
Y = TensorSpec((2, 3, 4))


def call(op: str, path: str = "", *inputs: TensorSpec) -> Node:
    """A call of an operator nobody knows, from `inputs` to Y."""
    arguments = tuple(Argument(str(i), spec, Source("input", str(i))) for i, spec in enumerate(inputs))
    return Node(op, path, "", False, True, 0, arguments, {}, (Y,))


def of(*nodes: Node) -> Graph:
    return Graph("m", (("0", X),), nodes)


def test_a_bound_is_what_is_read_and_written_times_the_most_per_value() -> None:
    (entry,) = uncounted([call("erfinvx", "a", X, Y), call("erfinvx", "a", X)])
    assert (entry.calls, entry.elements) == (2, 2 * 24)
    assert entry.at_most == MAX_PER_ELEMENT * (6 + 24 + 24 + 6 + 24)


@pytest.mark.parametrize(
    "op",
    [
        "conv_tbc", "deform_conv2d", "matmul", "mm", "addmm", "_int_mm", "bmm", "baddbmm", "mv", "addmv", "dot", "vdot",
        "tensordot", "einsum", "linear", "bilinear", "scaled_dot_product_attention", "multi_head_attention_forward",
        "lstm", "gru", "rnn_tanh", "lstm_cell", "fft_rfft2", "stft", "cdist", "pdist", "linalg_solve", "cholesky", "qr",
        "svd", "inverse", "det", "logdet", "matrix_exp", "lu_solve", "lp_pool2d", "roi_align", "nms", "cov", "corrcoef",
        "ctc_loss", "local_response_norm", "gcd", "special_chebyshev_polynomial_t", "associative_scan", "apply", "map_",
        "mylib::foo", "mylib.foo", "aten::mm", "cond",
    ],
)  # fmt: skip
def test_work_that_grows_with_sizes_has_no_bound(op: str) -> None:
    assert not is_bounded(op)


@pytest.mark.parametrize(
    "op",
    [
        "erfinv", "lgamma", "digamma", "igamma", "softmax", "gelu", "relu6", "celu", "layer_norm", "cumsum", "sort",
        "topk", "aten::erfinv", "argmax", "nansum", "detach", "index_select", "roll", "quantile", "cross_entropy",
    ],
)  # fmt: skip
def test_functions_of_a_value_and_reductions_have_a_bound(op: str) -> None:
    assert is_bounded(op)


def test_convolutions_and_matrix_products_that_have_a_formula_would_have_no_bound() -> None:
    contracting = [kind.name for kind in OPERATORS if kind.family in ("convolution", "fully connected")]
    assert {"conv2d", "linear"} <= set(contracting)
    assert not any(map(is_bounded, contracting))


def test_totals_are_bounded_where_everything_uncounted_is() -> None:
    entries = uncounted([call("erfinvx", "", X), call("signx", "", X)])
    assert at_most(100, entries) == 100 + 2 * MAX_PER_ELEMENT * (6 + 24)
    assert at_most(100, ()) == 100
    assert at_most(100, [*entries, *uncounted([call("matmulx", "", X)])]) is None


def test_a_profile_says_what_its_flops_are_at_most() -> None:
    documents = CONVENTIONS["documents"]
    bounded, unbounded = profile(of(call("erfinvx", "", X)), documents), profile(of(call("fftx", "", X)), documents)
    assert (bounded.complete, bounded.totals.flops) == (False, 0)
    assert bounded.totals.flops_at_most == MAX_PER_ELEMENT * 30
    assert unbounded.totals.flops_at_most is None


def test_a_complete_profile_has_as_many_flops_as_it_has_at_most() -> None:
    from netstat import profile as by_name

    totals = by_name("alexnet").totals
    assert totals.flops_at_most == totals.flops


def test_strict_names_what_is_uncounted_in_one_line() -> None:
    nodes = [call("erfinvx", path, X) for path in ("a", "b", "", "c", "d")]
    p = profile(of(*nodes, nodes[0]), CONVENTIONS["documents"])
    with pytest.raises(IncompleteError) as caught:
        check_complete(p)
    assert caught.value.exit_code == 1
    assert str(caught.value) == (
        "no formula for erfinvx in a, erfinvx in b, erfinvx in (model) and 2 more: the totals are lower bounds"
    )


def test_a_folded_row_with_something_uncounted_is_a_lower_bound() -> None:
    relu = Node("relu", "a.0", "ReLU", True, True, 0, (Argument("input", X, Source("input", "0")),), {}, (X,))
    p = profile(of(relu, call("erfinvx", "a.1", X), relu._replace(path="b.0")), CONVENTIONS["documents"], depth=1)
    assert [(row.path, row.complete, row.flops) for row in p.layers] == [("a", False, 6), ("b.0", True, 6)]
    assert p.layers[0].arithmetic_intensity is None
