"""The platform as its topics and its public API tell it: facts are folded here a second time, by other code."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from regrade.audit.facts import (
    Book,
    Event,
    Journal,
    Order,
    Payout,
    Picture,
    Posting,
    Push,
    Reservation,
    SellerOrder,
    Shipment,
)
from regrade.audit.machines import MACHINES
from regrade.audit.public_api import Shown

WHERE = "topics and API"
Stories = Mapping[str, Mapping[str, list[Event]]]


def stories_of(events: tuple[Event, ...]) -> Stories:
    """Topic → aggregate → its facts by seq, repeats dropped."""
    found: dict[str, dict[str, dict[int, Event]]] = defaultdict(lambda: defaultdict(dict))
    for event in events:
        found[event.topic][event.key].setdefault(event.seq, event)
    return {
        topic: {key: [story[seq] for seq in sorted(story)] for key, story in by_key.items()}
        for topic, by_key in found.items()
    }


def shipped_units(stories: Stories) -> frozenset[str]:
    """The numbers of all devices that left."""
    return frozenset(
        unit.upper() for shipment in _shipments(stories) for units in shipment.units.values() for unit in units
    )


def book_of_topic(stories: Stories) -> Book:
    """The ledger in the order in which its journals were published."""
    return Book("topics", tuple(_journals(stories)))


def picture_of_topics(stories: Stories, shown: Shown, now: datetime) -> Picture:
    """What can be told from outside. Refunds, bank lines and invoices are the API's: their facts leave out what laws need."""
    return Picture(
        where=WHERE,
        now=now,
        orders=tuple(_order(story) for story in stories.get("orders.order", {}).values()),
        seller_orders=tuple(_seller_orders(stories)),
        reservations=tuple(_reservation(story) for story in stories.get("catalog.reservation", {}).values()),
        shipments=tuple(_shipments(stories)),
        invoices=shown.invoices,
        book=book_of_topic(stories),
        payouts=tuple(_payout(story) for story in stories.get("payments.payout", {}).values()),
        refunds=shown.refunds,
        bank_lines=shown.bank_lines,
        pushes=tuple(_pushes(stories)),
    )


def state_of(story: list[Event]) -> str:
    """The state that a story's facts lead to; where they lead nowhere, the law about machines says so."""
    machine = MACHINES[story[0].topic]
    state = machine.first.get(story[0].name, "unknown")
    for event in story[1:]:
        state = machine.moves.get((state, event.name), state)
    return state


def _order(story: list[Event]) -> Order:
    placed = story[0].data
    held = next((event for event in story if event.name == "held"), None)
    units: dict[str, int] = defaultdict(int)
    for line in placed.get("lines", ()):
        units[line["offer_id"]] += line["quantity"]
    return Order(
        id=story[0].key,
        state=state_of(story),
        market=placed.get("market", ""),
        policy_version=held.data["policy_version"] if held else "",
        units=dict(units),
        gross_minor=held.data["totals"]["gross"]["amount"] if held else None,
        held_at=held.occurred_at if held else None,
        hold_until=datetime.fromisoformat(held.data["hold_until"]) if held else None,
        was_placed=any(event.name == "placed" for event in story),
    )


def _seller_orders(stories: Stories) -> Iterator[SellerOrder]:
    for story in stories.get("orders.seller_order", {}).values():
        opened = story[0].data
        if story[0].name == "opened":
            yield SellerOrder(
                id=story[0].key,
                order_id=opened["order_id"],
                seller_id=opened["seller_id"],
                gross_minor=opened["totals"]["gross"]["amount"],
                quantities={line["line_no"]: line["quantity"] for line in opened["lines"]},
                state=state_of(story),
            )


def _reservation(story: list[Event]) -> Reservation:
    units: dict[str, int] = defaultdict(int)
    if story[0].name == "held":
        for line in story[0].data["lines"]:
            units[line["offer_id"]] += line["quantity"]
    return Reservation(story[0].key, state_of(story), dict(units))


def _shipments(stories: Stories) -> Iterator[Shipment]:
    for story in stories.get("orders.shipment", {}).values():
        # A parcel may be announced first, and withdrawn; only what was dispatched has left.
        left = next((fact for fact in story if fact.name == "dispatched"), None)
        if left is not None:
            data = left.data
            units = {line["line_no"]: tuple(_number(unit) for unit in line["units"]) for line in data["lines"]}
            yield Shipment(left.key, data["seller_order_id"], units)


def _number(unit: Mapping[str, Any]) -> str:
    return str(unit.get("imei") or unit.get("serial"))


def _payout(story: list[Event]) -> Payout:
    created = story[0].data
    return Payout(
        id=story[0].key,
        state=state_of(story),
        seller_id=created.get("seller_id", ""),
        minor=created.get("amount", {}).get("amount", 0),
        seller_order_ids=tuple(created.get("seller_order_ids", ())),
        withheld_minor=created.get("withheld", {}).get("amount", 0),
    )


def _journals(stories: Stories) -> Iterator[Journal]:
    for story in stories.get("payments.ledger", {}).values():
        event = story[0]
        postings = tuple(
            Posting(line["account"], line["side"], line["amount"]["amount"], line["amount"]["currency"])
            for line in event.data["postings"]
        )
        data = event.data
        # The relay sends what depends on each other in its order, so the broker's time is the book's.
        yield Journal(
            event.key,
            data["kind"],
            data["cause"],
            data["order_id"],
            postings,
            event.logged_at_ms,
            data.get("seller_order_id"),
        )


def _pushes(stories: Stories) -> Iterator[Push]:
    for story in stories.get("catalog.stock", {}).values():
        for event in story:
            for line in event.data["lines"]:
                yield Push(line["offer_id"], line["quantity"], line["available"], line["shortage"])
