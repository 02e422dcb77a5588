"""A buyer wants its goods sent to another address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.address_change import Taxed, taxed_at
from orders.domain.errors import (
    AddressAlreadyShipped,
    AddressChangeNotPossible,
    AddressChangePending,
    PartyNotKnownYet,
)
from orders.domain.order import DeliverTo, Order
from orders.domain.party import Party
from orders.domain.policies import OrderRules
from orders.domain.pricing import Sale
from orders.domain.seller_order import MOVES, SellerOrder, SellerOrderState
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_order import lock_order
from orders.use_cases.ports import UnitOfWork

ADDRESS_ANSWER = "address_answer"


@dataclass(frozen=True)
class AskAddressChange:
    """Where the goods of an order, as far as they have not left, are to go."""

    buyer_id: Id
    order_id: Id
    deliver_to: DeliverTo


async def ask_address_change(command: AskAddressChange, uow: UnitOfWork, now: datetime) -> Id:
    """Sellers of paid parts are asked; what no seller works on yet changes at once. All of it or nothing.

    Raises OrderNotFound, what the market refuses about a place, AddressChangeNotPossible, AddressAlreadyShipped,
    AddressChangePending, PartyNotKnownYet or AddressChangesVat.
    """
    order = await lock_order(uow, command.order_id, command.buyer_id)
    rules = uow.rules.of_version(order.policy_version)
    rules.must_deliver_to(command.deliver_to.country, command.deliver_to.postal_code)
    parts = _changeable(order, await uow.seller_orders.of_order(order.id))
    taxed = await _taxed(order, parts, command.deliver_to, rules, uow)
    for part in parts:
        if MOVES.allows("change_address", part.state):
            moved = part.change_address(command.deliver_to, taxed[part.id], at=now)
            await keep_seller_order(uow, part, moved, "change_address", "buyer", now)
            continue
        days = rules.calendar_of(part.lines[0].ship_from)
        answer_by = days.same_time_after(now, rules.address_terms.answer_business_days)
        asked = part.ask_address_change(command.deliver_to, taxed[part.id], answer_by, at=now)
        await keep_seller_order(uow, part, asked, "ask_address_change", "buyer", now)
        await uow.timers.set(ADDRESS_ANSWER, part.id, answer_by)
    return order.id


def _changeable(order: Order, parts: Sequence[SellerOrder]) -> list[SellerOrder]:
    found = [part for part in parts if part.state is not SellerOrderState.CANCELLED]
    if not found:
        raise AddressChangeNotPossible(state=str(order.state))
    if any(part.state is SellerOrderState.ADDRESS_CHANGE_PENDING for part in found):
        raise AddressChangePending(order_id=str(order.id))
    open_ = [
        part
        for part in found
        if any(MOVES.allows(move, part.state) for move in ("change_address", "ask_address_change"))
    ]
    if not open_:
        raise AddressAlreadyShipped(order_id=str(order.id))
    return open_


async def _taxed(
    order: Order, parts: list[SellerOrder], to: DeliverTo, rules: OrderRules, uow: UnitOfWork
) -> dict[Id, Taxed | None]:
    """Before anybody is asked or anything moves: one part that would come to another sum refuses the whole wish."""
    needed = [order.buyer_id, *(part.seller_id for part in parts)]
    parties = {party.company_id: party for party in await uow.parties.get_many(needed)}
    if missing := [str(company_id) for company_id in needed if company_id not in parties]:
        raise PartyNotKnownYet(companies=missing)
    buyer = parties[order.buyer_id]
    taxed = {}
    for part in parts:
        seller = parties[part.seller_id]
        before, after = (_sale(part, seller, buyer, rules, place) for place in (part.goes_to(order), to))
        taxed[part.id] = taxed_at(part.lines, part.regimes, before, after)
    return taxed


def _sale(part: SellerOrder, seller: Party, buyer: Party, rules: OrderRules, place: DeliverTo) -> Sale:
    return Sale(
        rules=rules,
        seller=seller,
        buyer_vat=buyer.vat_towards(place.country),
        delivery_country=place.country,
        delivery_postal_code=place.postal_code,
        currency=part.currency,
        on=rules.calendar_of_market().local_day(part.opened_at),
    )
