"""A buyer wants its goods sent elsewhere, before they have left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id, new_id
from orders.domain import events
from orders.domain.address_change import AddressAnswer
from orders.domain.errors import (
    AddressAlreadyShipped,
    AddressChangeNotPossible,
    AddressChangePending,
    AddressChangesVat,
    AreaNotServed,
    CountryNotServed,
    OrderNotFound,
    SellerOrderMoveRefused,
    SellerOrderNotFound,
)
from orders.domain.money import Totals
from orders.domain.order import DeliverTo, Order, OrderState
from orders.domain.pricing import LineVat, RegimeSums, VatRow
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.use_cases.answer_address_change import AnswerAddressChange, answer_address_change
from orders.use_cases.answer_cancellation import AnswerCancellation, answer_cancellation
from orders.use_cases.ask_address_change import ADDRESS_ANSWER, AskAddressChange, ask_address_change
from orders.use_cases.ask_cancellation import AskCancellation, ask_cancellation
from orders.use_cases.cancel_seller_order import CancelSellerOrder, cancel_seller_order
from orders.use_cases.mark_late import LATE_SHIPMENT_TIMER, MarkLate, mark_late
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order
from services.orders.tests.builders import (
    BUYER,
    NOW,
    OTHER_SELLER,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_party,
    a_seller_order,
    a_sold_line,
    an_order,
    deliver_to,
    two_units,
)

S = SellerOrderState
LYON = replace(deliver_to("FR", "69001"), city="Lyon")
BERLIN = deliver_to("DE", "10115")
BOSTON = deliver_to("US", "02108")
NO_VAT = Totals(20_000, 0, 0, 20_000)
# NOW is a Monday, 10:00 in Paris: 24 working hours later it is Tuesday, 10:00.
ANSWER_BY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def an_order_of(*states: S, order: Order | None = None) -> tuple[Order, Sequence[SellerOrder], MemoryOrdersUnitOfWork]:
    order = order or an_order(OrderState.IN_FULFILMENT, secured_at=NOW)
    parts = [
        a_seller_order(order, state, seller_id=seller, number=f"{order.number}-{n}", ship_by=NOW)
        for n, (state, seller) in enumerate(zip(states, (SELLER, OTHER_SELLER), strict=False), start=1)
    ]
    parties = [a_party(), a_party(SELLER, vat="FR40303265045"), a_party(OTHER_SELLER, vat="FR40303265045")]
    return order, parts, MemoryOrdersUnitOfWork(order, parts=parts, parties=parties)


def wish(order: Order, to: DeliverTo = LYON, buyer_id: Id = BUYER) -> AskAddressChange:
    return AskAddressChange(buyer_id, order.id, to)


async def test_the_seller_is_asked_and_ships_nothing_until_it_has_answered() -> None:
    order, (part,), uow = an_order_of(S.TO_SHIP)
    await ask_address_change(wish(order), uow, NOW)
    asked = uow.seller_orders.rows[part.id]
    assert (asked.state, asked.moved_to) == (S.ADDRESS_CHANGE_PENDING, None)
    assert uow.timers.due(ADDRESS_ANSWER, part.id) == ANSWER_BY
    (told,) = uow.published(events.SellerOrderAddressChangeAsked)
    assert (told.seq, told.seller_id, told.answer_by) == (2, SELLER, ANSWER_BY)
    ship = ShipSellerOrder(SELLER, part.id, "DHL", "JD0001", two_units())
    with pytest.raises(SellerOrderMoveRefused):
        await ship_seller_order(ship, uow, NOW)
    with pytest.raises(SellerOrderNotFound):
        await answer_address_change(AnswerAddressChange(part.id, OTHER_SELLER, accepts=True), uow, NOW)
    later = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    await answer_address_change(AnswerAddressChange(part.id, SELLER, accepts=True), uow, later)
    moved = uow.seller_orders.rows[part.id]
    assert (moved.state, moved.moved_to) == (S.TO_SHIP, LYON)
    # It could not ship while it was asked: Tuesday before the cut-off gives it until the end of Tuesday.
    assert moved.ship_by == datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC)
    assert uow.timers.due(ADDRESS_ANSWER, part.id) is None
    await ship_seller_order(ship, uow, later)


@pytest.mark.parametrize("accepts", [True, False])
async def test_while_it_is_asked_nothing_is_late_and_afterwards_the_seller_has_its_time_anew(accepts: bool) -> None:
    order, (part,), uow = an_order_of(S.TO_SHIP)
    await ask_address_change(wish(order), uow, NOW)
    # The date that it had before, NOW, is over.
    await mark_late(MarkLate(part.id), uow, NOW + timedelta(hours=1))
    await answer_address_change(AnswerAddressChange(part.id, SELLER, accepts), uow, NOW + timedelta(hours=2))
    answered = uow.seller_orders.rows[part.id]
    assert answered.ship_by is not None
    assert answered.ship_by > NOW + timedelta(hours=2)
    due_at = uow.timers.due(LATE_SHIPMENT_TIMER, part.id)
    assert due_at == answered.ship_by + timedelta(seconds=1)
    # A clock of before, which went off while the answer came, finds that there is time.
    await mark_late(MarkLate(part.id), uow, answered.ship_by)
    assert uow.published(events.SellerOrderLate) == []
    await mark_late(MarkLate(part.id), uow, due_at)
    assert len(uow.published(events.SellerOrderLate)) == 1


async def test_a_buyer_may_want_to_be_free_while_its_seller_thinks_about_the_address() -> None:
    order, (part,), uow = an_order_of(S.TO_SHIP)
    await ask_address_change(wish(order), uow, NOW)
    await ask_cancellation(AskCancellation(BUYER, order.id), uow, NOW)
    assert uow.seller_orders.rows[part.id].has_open_request
    await answer_cancellation(AnswerCancellation(SELLER, part.id, accepts=True), uow, NOW)
    assert uow.seller_orders.rows[part.id].state is S.CANCELLED
    assert uow.timers.due(ADDRESS_ANSWER, part.id) is None


@pytest.mark.parametrize("unanswered", ["refused", "accepted"])
async def test_silence_means_what_the_market_says(unanswered: str) -> None:
    order, (part,), uow = an_order_of(S.TO_SHIP)
    terms = replace(RULES.address_terms, unanswered=unanswered)
    uow.rules.rules = replace(RULES, address_terms=terms)
    await ask_address_change(wish(order), uow, NOW)
    for _ in range(2):
        await answer_address_change(AnswerAddressChange(part.id), uow, ANSWER_BY)
    after = uow.seller_orders.rows[part.id]
    assert after.state is S.TO_SHIP
    assert after.moved_to == (LYON if unanswered == "accepted" else None)
    assert after.address_change is not None
    assert after.address_change.answer is AddressAnswer.UNANSWERED
    assert after.version == 3


async def test_a_seller_may_refuse_and_be_asked_again() -> None:
    order, (part,), uow = an_order_of(S.TO_SHIP)
    await ask_address_change(wish(order), uow, NOW)
    with pytest.raises(AddressChangePending):
        await ask_address_change(wish(order), uow, NOW)
    await answer_address_change(AnswerAddressChange(part.id, SELLER, accepts=False), uow, NOW)
    (told,) = uow.published(events.SellerOrderAddressChangeRefused)
    assert (told.reason, told.buyer_id) == ("refused", BUYER)
    with pytest.raises(SellerOrderMoveRefused):
        await answer_address_change(AnswerAddressChange(part.id, SELLER, accepts=True), uow, NOW)
    await ask_address_change(wish(order), uow, NOW)
    assert uow.seller_orders.rows[part.id].state is S.ADDRESS_CHANGE_PENDING


async def test_a_seller_that_cannot_deliver_at_all_need_not_answer_first() -> None:
    order, (part,), uow = an_order_of(S.TO_SHIP)
    await ask_address_change(wish(order), uow, NOW)
    await cancel_seller_order(CancelSellerOrder(SELLER, part.id, "out_of_stock"), uow, NOW)
    assert uow.seller_orders.rows[part.id].state is S.CANCELLED
    assert uow.timers.due(ADDRESS_ANSWER, part.id) is None


async def test_a_clock_that_went_off_for_an_earlier_wish_does_not_answer_the_next_one() -> None:
    order, (part,), uow = an_order_of(S.TO_SHIP)
    await ask_address_change(wish(order), uow, NOW)
    await answer_address_change(AnswerAddressChange(part.id, SELLER, accepts=False), uow, ANSWER_BY)
    await ask_address_change(wish(order, BERLIN), uow, ANSWER_BY)
    await answer_address_change(AnswerAddressChange(part.id), uow, ANSWER_BY)
    assert uow.seller_orders.rows[part.id].state is S.ADDRESS_CHANGE_PENDING


async def test_what_no_seller_works_on_yet_moves_at_once() -> None:
    order, (part,), uow = an_order_of(S.AWAITING_PAYMENT, order=an_order())
    await ask_address_change(wish(order), uow, NOW)
    moved = uow.seller_orders.rows[part.id]
    assert (moved.state, moved.moved_to) == (S.AWAITING_PAYMENT, LYON)
    assert uow.timers.due(ADDRESS_ANSWER, part.id) is None


async def test_an_unpaid_order_goes_to_another_country_where_that_comes_to_the_same_sum() -> None:
    # With a French number only, French VAT is owed in France and in Germany alike (V4, V6).
    order, (part,), uow = an_order_of(S.AWAITING_PAYMENT, order=an_order())
    await ask_address_change(wish(order, BERLIN), uow, NOW)
    moved = uow.seller_orders.rows[part.id]
    assert (moved.moved_to, moved.delivery_country, moved.totals) == (BERLIN, "DE", part.totals)
    assert [line.vat.rule for line in moved.lines] == ["V6"]
    # Back home it is what it was.
    await ask_address_change(wish(order, LYON), uow, NOW)
    back = uow.seller_orders.rows[part.id]
    assert (back.delivery_country, [line.vat.rule for line in back.lines]) == ("FR", ["V4"])


async def test_only_what_has_not_left_goes_elsewhere() -> None:
    order, (left, waits), uow = an_order_of(S.SHIPPED, S.TO_SHIP)
    await ask_address_change(wish(order), uow, NOW)
    assert uow.seller_orders.rows[left.id] == left
    assert uow.seller_orders.rows[waits.id].state is S.ADDRESS_CHANGE_PENDING


@pytest.mark.parametrize("state", [S.AWAITING_PAYMENT, S.TO_SHIP])
async def test_another_country_that_would_change_the_sum_is_refused_before_anybody_is_asked(state: S) -> None:
    # A French seller and a buyer with a German number: 20 % in France, exempt when it goes to Germany.
    order, (part,), uow = an_order_of(state)
    uow.records.parties[BUYER] = a_party(country="DE", vat="DE136695976")
    with pytest.raises(AddressChangesVat) as refused:
        await ask_address_change(wish(order, BERLIN), uow, NOW)
    assert refused.value.facts == {"reason": "other_sum", "country": "DE"}
    assert uow.seller_orders.rows[part.id] == part
    assert not uow.timers.open


async def test_where_the_sum_is_not_certain_nothing_moves() -> None:
    # Nobody has answered about the German number: French VAT for now, and perhaps none later.
    order, (part,), uow = an_order_of(S.TO_SHIP)
    uow.records.parties[BUYER] = a_party(country="DE", vat="DE136695976", status="unavailable")
    with pytest.raises(AddressChangesVat) as refused:
        await ask_address_change(wish(order, BERLIN), uow, NOW)
    assert refused.value.facts["reason"] == "buyer_vat_unchecked"
    assert uow.seller_orders.rows[part.id] == part


def exempt_to_berlin() -> tuple[Order, SellerOrder, MemoryOrdersUnitOfWork]:
    """A paid order that a buyer with a German number had sent to Germany: no VAT, as an intra-Community delivery."""
    order, (part,), uow = an_order_of(S.TO_SHIP, order=an_order(OrderState.IN_FULFILMENT, deliver_to=BERLIN))
    uow.records.parties[BUYER] = a_party(country="DE", vat="DE136695976")
    uow.rules.rules = replace(RULES, delivery_countries=("FR", "DE", "US"))
    line = a_sold_line(vat=LineVat("K", "0", "VATEX-EU-IC", "V5", {}))
    sums = RegimeSums("normal", "net", 0, NO_VAT, (VatRow("K", "0", 20_000, 0),))
    part = replace(part, delivery_country="DE", lines=(line,), regimes=(sums,), totals=NO_VAT)
    uow.seller_orders.rows[part.id] = part
    return order, part, uow


async def test_another_treatment_for_the_same_sum_goes_with_the_parcel() -> None:
    order, part, uow = exempt_to_berlin()
    await ask_address_change(wish(order, BOSTON), uow, NOW)
    # What is not agreed to changes nothing.
    assert uow.seller_orders.rows[part.id].lines == part.lines
    await answer_address_change(AnswerAddressChange(part.id, SELLER, accepts=True), uow, NOW)
    moved = uow.seller_orders.rows[part.id]
    assert [(line.vat.category, line.vat.vatex) for line in moved.lines] == [("G", "VATEX-EU-G")]
    assert [sums.breakdown for sums in moved.regimes] == [(VatRow("G", "0", 20_000, 0),)]
    assert moved.totals == part.totals
    await ship_seller_order(ShipSellerOrder(SELLER, part.id, "DHL", "JD0001", two_units()), uow, NOW)
    (left,) = uow.published(events.ShipmentDispatched)
    assert (left.delivery_country, left.vat_by_line[1].category) == ("US", "G")


async def test_an_answer_of_vies_that_grew_old_is_not_held_against_the_address() -> None:
    order, part, uow = exempt_to_berlin()
    uow.records.parties[BUYER] = a_party(country="DE", vat="DE136695976", status="unavailable")
    hamburg = replace(BERLIN, postal_code="20095", city="Hamburg")
    await ask_address_change(wish(order, hamburg), uow, NOW)
    await answer_address_change(AnswerAddressChange(part.id, SELLER, accepts=True), uow, NOW)
    moved = uow.seller_orders.rows[part.id]
    assert (moved.moved_to, moved.lines, moved.totals) == (hamburg, part.lines, part.totals)


@pytest.mark.parametrize(
    ("state", "to", "refusal"),
    [
        (S.SHIPPED, LYON, AddressAlreadyShipped),
        (S.ANNOUNCED, LYON, AddressAlreadyShipped),
        (S.CANCELLED, LYON, AddressChangeNotPossible),
        (S.TO_SHIP, deliver_to("ES", "28001"), CountryNotServed),
        (S.TO_SHIP, deliver_to("FR", "97400"), AreaNotServed),
    ],
)
async def test_what_cannot_be_is_refused_by_name(state: S, to: DeliverTo, refusal: type[DomainError]) -> None:
    order, _, uow = an_order_of(state)
    with pytest.raises(refusal):
        await ask_address_change(wish(order, to), uow, NOW)


async def test_another_companys_order_is_not_there() -> None:
    order, _, uow = an_order_of(S.TO_SHIP)
    with pytest.raises(OrderNotFound):
        await ask_address_change(wish(order, buyer_id=new_id()), uow, NOW)
