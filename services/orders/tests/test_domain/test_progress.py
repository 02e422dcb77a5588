"""The order's state is that of its seller orders, whatever their number and order."""

from hypothesis import given
from hypothesis import strategies as st

from orders.domain.order import PROGRESS, OrderState
from orders.domain.progress import derived_state
from orders.domain.seller_order import SellerOrderState

S = SellerOrderState
PAID = (S.AWAITING_ACCEPTANCE, S.TO_SHIP, S.SHIPPED, S.DELIVERED, S.COMPLETED)
parts = st.lists(st.sampled_from(PAID), min_size=1, max_size=6)


@given(parts)
def test_parts_all_alike_give_the_state_of_that_name(states: list[S]) -> None:
    alike = {
        S.AWAITING_ACCEPTANCE: OrderState.SECURED,
        S.TO_SHIP: OrderState.IN_FULFILMENT,
        S.SHIPPED: OrderState.SHIPPED,
        S.DELIVERED: OrderState.DELIVERED,
        S.COMPLETED: OrderState.COMPLETED,
    }
    assert derived_state([states[0]] * len(states)) is alike[states[0]]


@given(parts, st.data())
def test_no_part_that_moves_forward_takes_the_order_back(states: list[S], data: st.DataObject) -> None:
    before = derived_state(states)
    n = data.draw(st.integers(0, len(states) - 1))
    further = PAID[min(PAID.index(states[n]) + 1, len(PAID) - 1)]
    after = derived_state([*states[:n], further, *states[n + 1 :]])
    assert PROGRESS.index(after) >= PROGRESS.index(before)


@given(parts)
def test_it_is_partially_shipped_exactly_while_some_have_left_and_some_have_not(states: list[S]) -> None:
    left = [state in (S.SHIPPED, S.DELIVERED, S.COMPLETED) for state in states]
    mixed = any(left) and not all(left)
    assert (derived_state(states) is OrderState.PARTIALLY_SHIPPED) == mixed


def test_a_paid_order_of_which_nothing_is_delivered_has_an_end_of_its_own() -> None:
    assert derived_state([S.CANCELLED, S.CANCELLED]) is OrderState.CANCELLED_EXCEPTION


@given(st.lists(st.sampled_from((S.AWAITING_ACCEPTANCE, S.TO_SHIP)), min_size=1, max_size=4), parts)
def test_no_part_that_ends_takes_the_order_back(ending: list[S], states: list[S]) -> None:
    before, after = derived_state([*states, *ending]), derived_state([*states, *(S.CANCELLED for _ in ending)])
    assert PROGRESS.index(after) >= PROGRESS.index(before)


@given(parts, st.randoms())
def test_order_and_cancelled_parts_do_not_matter(states: list[S], random: object) -> None:
    shuffled = [*states, S.CANCELLED]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert derived_state(shuffled) is derived_state(states)
