"""Which order a transfer belongs to: each row of the matching table, and that no cent is ever lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.domain.matching import Allocation, Candidate, MatchCase, match_credit
from services.payments.tests.builders import a_candidate, a_credit


def parts(allocation: Allocation) -> list[tuple[str, int, object]]:
    return [(part.kind, part.amount_minor, part.order_id) for part in allocation.parts]


def test_exact_amount_with_the_order_number_pays_the_order() -> None:
    order, other = a_candidate("100042", 156048), a_candidate("100043", 156048)
    found = match_credit(a_credit(156048, "PO 100042"), [order, other])
    assert found.case == MatchCase.EXACT
    assert parts(found) == [("order", 156048, order.order_id)]


def test_the_only_order_that_misses_exactly_this_amount_needs_no_reference() -> None:
    order, other = a_candidate("100042", 156048), a_candidate("100043", 99900)
    found = match_credit(a_credit(156048, "invoice payment"), [order, other])
    assert parts(found) == [("order", 156048, order.order_id)]


def test_less_than_due_stays_on_the_order() -> None:
    order = a_candidate("100042", 156048)
    found = match_credit(a_credit(100000, "100042"), [order])
    assert found.case == MatchCase.UNDERPAID
    assert parts(found) == [("order", 100000, order.order_id)]


def test_excess_stays_unapplied_and_never_pays_an_order_that_was_not_meant() -> None:
    order, other = a_candidate("100042", 156048), a_candidate("100043", 3952)
    found = match_credit(a_credit(160000, "PO100042"), [order, other])
    assert found.case == MatchCase.OVERPAID
    assert parts(found) == [("order", 156048, order.order_id), ("unapplied", 3952, None)]


def test_e2_an_overpayment_without_reference_goes_to_the_only_open_order() -> None:
    order = a_candidate("100042", 156048)
    found = match_credit(a_credit(160000, ""), [order])
    assert parts(found) == [("order", 156048, order.order_id), ("unapplied", 3952, None)]


def test_two_orders_in_one_transfer_are_both_paid() -> None:
    first, second = a_candidate("100042", 100), a_candidate("100043", 250)
    found = match_credit(a_credit(350, "100042 / 100043"), [first, second])
    assert found.case == MatchCase.EXACT
    assert parts(found) == [("order", 100, first.order_id), ("order", 250, second.order_id)]


def test_two_candidates_without_reference_are_ambiguous() -> None:
    found = match_credit(a_credit(500, ""), [a_candidate("100042", 500), a_candidate("100043", 500)])
    assert found.case == MatchCase.AMBIGUOUS
    assert parts(found) == [("unapplied", 500, None)]


def test_money_without_any_open_order_waits() -> None:
    found = match_credit(a_credit(500, ""), [])
    assert found.case == MatchCase.NO_OPEN_ORDER
    assert parts(found) == [("unapplied", 500, None)]


def test_money_for_a_closed_order_goes_back() -> None:
    closed = a_candidate("100042", 500, is_closed=True)
    found = match_credit(a_credit(500, "po-100042"), [closed, a_candidate("100043", 500)])
    assert found.case == MatchCase.LATE
    assert parts(found) == [("refund", 500, closed.order_id)]


def test_what_fits_a_closed_order_is_not_put_on_the_open_one() -> None:
    closed, still_open = a_candidate("100042", 500, is_closed=True), a_candidate("100043", 900)
    found = match_credit(a_credit(500, ""), [closed, still_open])
    assert parts(found) == [("unapplied", 500, None)]


def test_paying_a_secured_order_again_stays_unapplied() -> None:
    found = match_credit(a_credit(500, "100042"), [a_candidate("100042", 0), a_candidate("100043", 500)])
    assert parts(found) == [("unapplied", 500, None)]


def test_another_currency_goes_back() -> None:
    found = match_credit(a_credit(500, "100042", currency="DKK"), [a_candidate("100042", 500)])
    assert found.case == MatchCase.WRONG_CURRENCY
    assert parts(found) == [("refund", 500, None)]


@pytest.mark.parametrize(
    "remittance",
    [
        "100042",
        "PO100042",
        "po 100042",
        "PO-100 042",
        "Order no. 10.00.42",
        "REF 00100042 THANKS",
        "inv/2026 PO:100042",
    ],
)
def test_the_order_number_is_found_however_people_write_it(remittance: str) -> None:
    order = a_candidate("100042", 500)
    assert parts(match_credit(a_credit(500, remittance), [order, a_candidate("7", 500)])) == [
        ("order", 500, order.order_id)
    ]


@pytest.mark.parametrize("remittance", ["1000421", "9100042", "100 0421", "10a0042", "PO 10004"])
def test_a_number_that_only_looks_alike_is_no_reference(remittance: str) -> None:
    orders = [a_candidate("100042", 500), a_candidate("100043", 500)]
    assert match_credit(a_credit(500, remittance), orders).case == MatchCase.AMBIGUOUS


@pytest.mark.parametrize(
    ("debtor", "is_third_party"),
    [("ATELIER VIDAL SARL", False), ("Atelier-Vidal  S.A.R.L.", False), ("Marie Vidal", True), ("", True)],
)
def test_a_payer_with_another_name_is_flagged_and_accepted(debtor: str, is_third_party: bool) -> None:
    order = a_candidate("100042", 500)
    found = match_credit(a_credit(500, "100042", debtor_name=debtor), [order])
    assert found.third_party is is_third_party
    assert parts(found) == [("order", 500, order.order_id)]


candidates = st.lists(
    st.builds(
        a_candidate,
        st.integers(1, 60).map(str),
        st.integers(0, 2000),
        currency=st.sampled_from(["EUR", "DKK"]),
        is_closed=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: one.number,
)


@given(st.integers(1, 5000), st.lists(st.integers(1, 60), max_size=3), candidates)
def test_every_transfer_is_allocated_in_full_and_no_order_gets_more_than_it_misses(
    amount: int, named: list[int], payments: list[Candidate]
) -> None:
    found = match_credit(a_credit(amount, " and ".join(map(str, named))), payments)
    assert sum(part.amount_minor for part in found.parts) == amount
    assert all(part.amount_minor > 0 for part in found.parts)
    by_order = {one.order_id: one for one in payments}
    meant = {str(n) for n in named} & {one.number for one in payments if one.currency == "EUR"}
    for part in found.parts:
        if part.kind == "order":
            order = by_order[part.order_id]  # type: ignore[index]
            assert part.amount_minor <= order.missing_minor
            assert not order.is_closed
            assert order.currency == "EUR"
            assert not meant or order.number in meant
