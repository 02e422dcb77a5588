"""A seller's part of an order: what it delivers, by when, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from chassis.kernel.calendar import Deadline
from chassis.kernel.ids import Id, derived_id
from chassis.kernel.state import StateTable
from orders.domain import events
from orders.domain.address_change import AddressAnswer, AddressChange, Taxed
from orders.domain.cancellation_request import CancellationRequest, DeclineReason, Delay, DelayReason, RequestState
from orders.domain.errors import (
    CancellationAskedAlready,
    CancellationNotAsked,
    DelayEndsInThePast,
    SellerOrderMoveRefused,
    VatNotCleared,
)
from orders.domain.money import Totals
from orders.domain.notes import Notes
from orders.domain.order import DeliverTo, Order
from orders.domain.policies import OrderRules
from orders.domain.pricing import LineVat, PricedSale, RegimeSums, SoldLine


class SellerOrderState(StrEnum):
    """From AWAITING_PAYMENT to COMPLETED, or CANCELLED. ANNOUNCED: its parcel waits until the buyer's card is charged.

    RETURNED and LOST are ends too: the parcel never reached the buyer, who gets the money back.
    """

    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_ACCEPTANCE = "awaiting_acceptance"
    TO_SHIP = "to_ship"
    ADDRESS_CHANGE_PENDING = "address_change_pending"
    ANNOUNCED = "announced"
    SHIPPED = "shipped"
    DELIVERY_FAILED = "delivery_failed"
    RETURNED = "returned"
    LOST = "lost"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


S = SellerOrderState
OUT_OF_STOCK = "out_of_stock"
# Its buyer asked to be free of it, and was let go.
BUYER_ASKED = "cancelled_by_buyer"
# Paid, and nothing of it is named for a parcel.
_OPEN = (S.AWAITING_ACCEPTANCE, S.TO_SHIP, S.ADDRESS_CHANGE_PENDING)

MOVES = StateTable(
    {
        ("await_acceptance", S.AWAITING_PAYMENT): S.AWAITING_ACCEPTANCE,
        # Where acceptance is automatic, payment alone makes it ready.
        ("make_ready", S.AWAITING_PAYMENT): S.TO_SHIP,
        ("accept", S.AWAITING_ACCEPTANCE): S.TO_SHIP,
        ("clear_vat", S.AWAITING_ACCEPTANCE): S.AWAITING_ACCEPTANCE,
        ("clear_vat", S.TO_SHIP): S.TO_SHIP,
        # A seller that packs already is asked first, and sends nothing meanwhile (row C6).
        ("ask_address_change", S.TO_SHIP): S.ADDRESS_CHANGE_PENDING,
        ("accept_address", S.ADDRESS_CHANGE_PENDING): S.TO_SHIP,
        ("refuse_address", S.ADDRESS_CHANGE_PENDING): S.TO_SHIP,
        ("clear_vat", S.ADDRESS_CHANGE_PENDING): S.ADDRESS_CHANGE_PENDING,
        **{("change_address", state): state for state in (S.AWAITING_PAYMENT, S.AWAITING_ACCEPTANCE)},
        ("ship", S.TO_SHIP): S.SHIPPED,
        # Where the card is charged when the goods leave (row D4), nothing leaves before it was.
        ("announce", S.TO_SHIP): S.ANNOUNCED,
        ("ship", S.ANNOUNCED): S.SHIPPED,
        ("withdraw", S.ANNOUNCED): S.TO_SHIP,
        **{("deliver", state): S.DELIVERED for state in (S.SHIPPED, S.DELIVERY_FAILED)},
        ("fail_delivery", S.SHIPPED): S.DELIVERY_FAILED,
        ("resume_delivery", S.DELIVERY_FAILED): S.SHIPPED,
        **{("bring_back", state): S.RETURNED for state in (S.SHIPPED, S.DELIVERY_FAILED)},
        **{("lose", state): S.LOST for state in (S.SHIPPED, S.DELIVERY_FAILED)},
        ("complete", S.DELIVERED): S.COMPLETED,
        ("cancel", S.AWAITING_PAYMENT): S.CANCELLED,
        # Paid, and its parcel is not named yet (1.6): what its card is being charged for neither ends nor stays for sure.
        **{("end", state): S.CANCELLED for state in _OPEN},
        # A wish of its buyer changes nothing by itself; whoever is faster decides, and a parcel that is named is faster.
        **{("ask_cancellation", state): state for state in _OPEN},
        **{("decline_cancellation", state): state for state in (*_OPEN, S.ANNOUNCED)},
        # Late is what it is beside being there to be shipped (1.6): it ships all the same.
        ("announce_delay", S.TO_SHIP): S.TO_SHIP,
        ("mark_late", S.TO_SHIP): S.TO_SHIP,
    },
    SellerOrderMoveRefused,
)


@dataclass(frozen=True)
class SellerOrder:
    """`number` is the order's number and the seller's place in it, such as 100042-1; amounts in minor units.

    `cancelled_by` is who ended it: buyer, seller, or timer where nobody did anything; None where it was never paid.
    `late_at` is when it was found not to have left in time, `free_from` from when on its buyer may end it alone.
    """

    id: Id
    version: int
    order_id: Id
    number: str
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    currency: str
    delivery_country: str
    lines: tuple[SoldLine, ...]
    regimes: tuple[RegimeSums, ...]
    shipping_fee: int
    totals: Totals
    state: SellerOrderState
    opened_at: datetime
    updated_at: datetime
    vat_hold_reason: str | None = None
    accept_by: datetime | None = None
    ship_by: datetime | None = None
    ship_by_calendar: str | None = None
    shipment_id: Id | None = None
    # Where it goes instead of the order's address, how it is taxed there if that is another way (its lines and regimes say
    # so too), and the buyer's last wish to send it elsewhere.
    moved_to: DeliverTo | None = None
    taxed: Taxed | None = None
    address_change: AddressChange | None = None
    cancel_reason: str | None = None
    cancelled_by: str | None = None
    cancellation_request: CancellationRequest | None = None
    late_at: datetime | None = None
    free_from: datetime | None = None
    delay: Delay | None = None

    @property
    def is_vat_cleared(self) -> bool:
        """Whether nothing about its VAT is open."""
        return self.vat_hold_reason is None

    @property
    def shows_address(self) -> bool:
        """Whether its seller needs to know where the goods go: not before they are paid, and not where none go."""
        return self.state not in (S.AWAITING_PAYMENT, S.CANCELLED)

    @property
    def vat_by_line(self) -> dict[int, LineVat]:
        """How each line is taxed, by its number."""
        return {line.line_no: line.vat for line in self.lines}

    @property
    def has_open_request(self) -> bool:
        """Whether its buyer waits to hear whether it ends."""
        return self.cancellation_request is not None and self.cancellation_request.is_open

    def is_buyer_free(self, now: datetime) -> bool:
        """Whether it is so late that its buyer ends it without its seller (row F8)."""
        return self.free_from is not None and now >= self.free_from

    def goes_to(self, order: Order) -> DeliverTo:
        """Where its goods go: to the order's address, unless they were sent elsewhere."""
        return self.moved_to or order.deliver_to

    def own(self, notes: Notes | None) -> Notes:
        """Of what the buyer wrote: what this seller may read."""
        if notes is None or not self.shows_address:
            return Notes()
        mine = {line.line_no for line in self.lines}
        return Notes(notes.order, {n: note for n, note in notes.lines.items() if n in mine})

    def opened(self) -> events.SellerOrderOpened:
        """The fact that goes with its first version."""
        return events.SellerOrderOpened(
            aggregate_id=self.id,
            seq=self.version,
            order_id=self.order_id,
            number=self.number,
            seller_id=self.seller_id,
            buyer_id=self.buyer_id,
            market=self.market,
            policy_version=self.policy_version,
            currency=self.currency,
            delivery_country=self.delivery_country,
            lines=self.lines,
            regimes=self.regimes,
            shipping_fee=self.shipping_fee,
            totals=self.totals,
        )

    def await_acceptance(
        self, accept_by: datetime, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderAcceptanceAwaited]:
        """It is paid, and the market lets the seller look at it first (row C1)."""
        after = self._after("await_acceptance", at, accept_by=accept_by)
        return after, events.SellerOrderAcceptanceAwaited(
            aggregate_id=self.id,
            seq=after.version,
            order_id=self.order_id,
            seller_id=self.seller_id,
            accept_by=accept_by,
        )

    def make_ready(
        self, rules: OrderRules, secured_at: datetime, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderReadyToShip]:
        """It is paid, and nobody has to accept it: it ships by the cut-off rule of its places of dispatch."""
        return self._ready("make_ready", rules, secured_at, at)

    def accept(self, rules: OrderRules, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderReadyToShip]:
        """The seller takes it; the time to ship runs from now."""
        return self._ready("accept", rules, at, at)

    def clear_vat(self, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderVatCleared]:
        """No better answer came in time: the decision that was made stands."""
        after = self._after("clear_vat", at, vat_hold_reason=None)
        return after, events.SellerOrderVatCleared(aggregate_id=self.id, seq=after.version, order_id=self.order_id)

    def change_address(
        self, to: DeliverTo, taxed: Taxed | None, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderAddressChanged]:
        """Nobody works on it yet: its goods go elsewhere, taxed as they are there where that differs."""
        after = self._after("change_address", at, **_moved(to, taxed))
        return after, after._address_changed(was_asked=False)

    def ask_address_change(
        self, to: DeliverTo, taxed: Taxed | None, answer_by: datetime, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderAddressChangeAsked]:
        """Its seller is asked; nothing ships until it answers, or its time is over."""
        wish = AddressChange(to, AddressAnswer.ASKED, at, answer_by, taxed)
        after = self._after("ask_address_change", at, address_change=wish)
        return after, events.SellerOrderAddressChangeAsked(
            aggregate_id=self.id,
            seq=after.version,
            order_id=self.order_id,
            seller_id=self.seller_id,
            answer_by=answer_by,
        )

    def accept_address(
        self, answer: AddressAnswer, rules: OrderRules, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderAddressChanged]:
        """Its goods go to the new address; the seller has its time to ship again."""
        wish = self._wish("accept_address")
        after = self._answered("accept_address", answer, rules, at, **_moved(wish.deliver_to, wish.taxed))
        return after, after._address_changed(was_asked=True)

    def refuse_address(
        self, answer: AddressAnswer, rules: OrderRules, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderAddressChangeRefused]:
        """Its goods go where they went before."""
        after = self._answered("refuse_address", answer, rules, at)
        assert after.ship_by is not None, "what is to be shipped has a time"
        return after, events.SellerOrderAddressChangeRefused(
            aggregate_id=self.id,
            seq=after.version,
            order_id=self.order_id,
            buyer_id=self.buyer_id,
            reason=str(answer),
            ship_by=after.ship_by,
        )

    def announce(self, shipment_id: Id, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderShipmentAnnounced]:
        """Its parcel is ready, and the card is charged for it. Raises VatNotCleared."""
        after = self._after("announce", at, shipment_id=shipment_id)
        if not self.is_vat_cleared:
            raise VatNotCleared(reason=self.vat_hold_reason)
        return after, events.SellerOrderShipmentAnnounced(
            aggregate_id=self.id, seq=after.version, order_id=self.order_id, shipment_id=shipment_id
        )

    def withdraw(self, reason: str, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderShipmentWithdrawn]:
        """The card could not be charged: nothing ships unpaid."""
        after = self._after("withdraw", at, shipment_id=None)
        assert self.shipment_id is not None, "what was announced has a shipment"
        return after, events.SellerOrderShipmentWithdrawn(
            aggregate_id=self.id,
            seq=after.version,
            order_id=self.order_id,
            shipment_id=self.shipment_id,
            reason=reason,
        )

    def ask_cancellation(
        self, answer_by: datetime, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderCancellationAsked]:
        """Its buyer wants to be free of it. Raises CancellationAskedAlready: one wish, and its answer stands."""
        after = self._after(
            "ask_cancellation", at, cancellation_request=CancellationRequest(RequestState.OPEN, at, answer_by)
        )
        if self.cancellation_request is not None:
            raise CancellationAskedAlready(answer=str(self.cancellation_request.state))
        return after, events.SellerOrderCancellationAsked(**after._between_parties(), answer_by=answer_by)

    def decline_cancellation(
        self, because: DeclineReason, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderCancellationDeclined]:
        """It is delivered all the same. Raises CancellationNotAsked where nothing waits for an answer."""
        after = self._after("decline_cancellation", at, cancellation_request=self._declined(because, at))
        if not self.has_open_request:
            raise CancellationNotAsked
        return after, events.SellerOrderCancellationDeclined(**after._between_parties(), reason=str(because))

    def announce_delay(
        self, reason: DelayReason, expected_on: date, *, excused: bool, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderDelayAnnounced]:
        """Its seller tells why it leaves later, and when. Nothing is promised anew. Raises DelayEndsInThePast."""
        # What was excused once stays so: news of the same delay take nothing back.
        excused = excused or (self.delay is not None and self.delay.excused)
        after = self._after("announce_delay", at, delay=Delay(reason, expected_on, at, excused))
        if expected_on < at.date():
            raise DelayEndsInThePast(expected_on=expected_on.isoformat())
        return after, events.SellerOrderDelayAnnounced(
            **after._between_parties(), reason=str(reason), expected_on=expected_on, excused=excused
        )

    def mark_late(self, free_from: datetime, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderLate]:
        """It should have left by now."""
        after = self._after("mark_late", at, late_at=at, free_from=free_from)
        assert self.ship_by is not None, "what is there to be shipped has a date to be shipped by"
        return after, events.SellerOrderLate(
            **after._between_parties(), ship_by=self.ship_by, buyer_may_cancel_from=free_from
        )

    def ship(self, shipment_id: Id, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderShipped]:
        """Everything has left, which answers a buyer who wanted it to end. Raises VatNotCleared while its VAT is open."""
        request = self._declined(DeclineReason.SHIPPED, at) if self.has_open_request else self.cancellation_request
        after = self._after("ship", at, shipment_id=shipment_id, cancellation_request=request)
        if not self.is_vat_cleared:
            raise VatNotCleared(reason=self.vat_hold_reason)
        return after, events.SellerOrderShipped(
            aggregate_id=self.id,
            seq=after.version,
            order_id=self.order_id,
            shipment_id=shipment_id,
            declined_cancellation=self.has_open_request,
        )

    def deliver(self, delivered_at: datetime, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderDelivered]:
        """Everything has arrived."""
        after = self._after("deliver", at)
        return after, events.SellerOrderDelivered(
            aggregate_id=self.id, seq=after.version, order_id=self.order_id, delivered_at=delivered_at
        )

    def fail_delivery(self, reason: str, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderDeliveryFailed]:
        """The carrier could not hand its parcel over; the buyer arranges another attempt."""
        after = self._after("fail_delivery", at)
        return after, events.SellerOrderDeliveryFailed(**after._with_parcel(), reason=reason)

    def resume_delivery(self, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderDeliveryResumed]:
        """Its parcel is on its way again."""
        after = self._after("resume_delivery", at)
        return after, events.SellerOrderDeliveryResumed(**after._with_parcel())

    def bring_back(self, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderReturned]:
        """Its parcel went back to the seller: the sale is over, and the money goes back."""
        after = self._after("bring_back", at)
        return after, events.SellerOrderReturned(**after._with_parcel())

    def lose(self, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderLost]:
        """Its parcel is lost: the sale is over, and the money goes back."""
        after = self._after("lose", at)
        return after, events.SellerOrderLost(**after._with_parcel())

    def complete(self, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderCompleted]:
        """The claim window is over and nothing is open."""
        after = self._after("complete", at)
        return after, events.SellerOrderCompleted(aggregate_id=self.id, seq=after.version, order_id=self.order_id)

    def cancel(self, reason: str, *, at: datetime) -> tuple["SellerOrder", events.SellerOrderCancelled]:
        """The order ended unpaid."""
        return self._cancelled("cancel", reason, None, at)

    def end(
        self, reason: str, ended: events.EndOfPaid, *, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderCancelled]:
        """It was paid and is not delivered: its share goes back."""
        return self._cancelled("end", reason, ended, at)

    def _cancelled(
        self, move: str, reason: str, ended: events.EndOfPaid | None, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderCancelled]:
        request = self.cancellation_request and self.cancellation_request.ended(at, as_asked=reason == BUYER_ASKED)
        after = self._after(
            move, at, cancel_reason=reason, cancelled_by=ended and ended.by, cancellation_request=request
        )
        return after, events.SellerOrderCancelled(
            aggregate_id=self.id,
            seq=after.version,
            order_id=self.order_id,
            reason=reason,
            number=self.number,
            seller_id=self.seller_id,
            buyer_id=self.buyer_id,
            offer_ids=tuple(dict.fromkeys(line.offer_id for line in self.lines)),
            currency=self.currency,
            gross=self.totals.gross,
            ended=ended,
            units_there=reason != OUT_OF_STOCK and not self._waits_for_stock,
        )

    @property
    def _waits_for_stock(self) -> bool:
        return self.delay is not None and self.delay.reason is DelayReason.OUT_OF_STOCK

    def _ready(
        self, move: str, rules: OrderRules, start: datetime, at: datetime
    ) -> tuple["SellerOrder", events.SellerOrderReadyToShip]:
        ship_by, version = ship_by_of(self.lines, rules, start)
        after = self._after(move, at, ship_by=ship_by, ship_by_calendar=version)
        return after, events.SellerOrderReadyToShip(
            aggregate_id=self.id,
            seq=after.version,
            order_id=self.order_id,
            seller_id=self.seller_id,
            buyer_id=self.buyer_id,
            number=self.number,
            ship_by=ship_by,
        )

    def _declined(self, because: DeclineReason, at: datetime) -> CancellationRequest | None:
        return self.cancellation_request and self.cancellation_request.declined(because, at)

    def _between_parties(self) -> dict[str, Any]:
        return {
            "aggregate_id": self.id,
            "seq": self.version,
            "order_id": self.order_id,
            "number": self.number,
            "seller_id": self.seller_id,
            "buyer_id": self.buyer_id,
        }

    def _with_parcel(self) -> dict[str, Any]:
        return {
            "aggregate_id": self.id,
            "seq": self.version,
            "order_id": self.order_id,
            "shipment_id": self.shipment_id,
        }

    def _answered(
        self, move: str, answer: AddressAnswer, rules: OrderRules, at: datetime, **changes: Any
    ) -> "SellerOrder":
        wish = self._wish(move)
        # The seller could not ship while it was asked: its time does not run out meanwhile.
        ship_by, version = ship_by_of(self.lines, rules, at)
        if self.ship_by is not None and self.ship_by > ship_by:
            ship_by, version = self.ship_by, self.ship_by_calendar or version
        answered = replace(wish, answer=answer)
        return self._after(move, at, address_change=answered, ship_by=ship_by, ship_by_calendar=version, **changes)

    def _wish(self, move: str) -> AddressChange:
        MOVES.after(move, self.state)
        assert self.address_change is not None, "who is asked is asked for an address"
        return self.address_change

    def _address_changed(self, *, was_asked: bool) -> events.SellerOrderAddressChanged:
        return events.SellerOrderAddressChanged(
            aggregate_id=self.id,
            seq=self.version,
            order_id=self.order_id,
            buyer_id=self.buyer_id,
            delivery_country=self.delivery_country,
            was_asked=was_asked,
            ship_by=self.ship_by,
        )

    def _after(self, move: str, at: datetime, **changes: Any) -> "SellerOrder":
        state = MOVES.after(move, self.state)
        return replace(self, version=self.version + 1, state=state, updated_at=at, **changes)


def open_seller_order(order: Order, place: int, seller_id: Id, sale: PricedSale, *, at: datetime) -> SellerOrder:
    """A new seller order; its id follows from order and seller, so that a repeat names the same one again."""
    return SellerOrder(
        id=derived_id(order.id, f"seller/{seller_id}"),
        version=1,
        order_id=order.id,
        number=f"{order.number}-{place}",
        seller_id=seller_id,
        buyer_id=order.buyer_id,
        market=order.market,
        policy_version=order.policy_version,
        currency=order.currency,
        delivery_country=order.deliver_to.country,
        lines=sale.lines,
        regimes=sale.regimes,
        shipping_fee=sale.shipping_fee,
        totals=sale.totals,
        state=SellerOrderState.AWAITING_PAYMENT,
        opened_at=at,
        updated_at=at,
        vat_hold_reason=sale.vat_hold_reason,
    )


def _moved(to: DeliverTo, taxed: Taxed | None) -> dict[str, Any]:
    place = {"moved_to": to, "delivery_country": to.country}
    return place if taxed is None else {**place, "taxed": taxed, "lines": taxed.lines, "regimes": taxed.regimes}


def ship_by_of(lines: tuple[SoldLine, ...], rules: OrderRules, secured_at: datetime) -> tuple[datetime, str]:
    """When the last of the lines has to leave, and by which calendar (row F3, in each place's own zone).

    Stock means "leaves within so many business days" (row B7), which is what the cut-off rule gives; each day that an offer
    or a quote asks for beyond that is added. What a quote promised for a day is begun on that day.
    """
    deadlines = [_ship_by(line, rules, secured_at) for line in lines]
    latest = max(deadlines, key=lambda deadline: deadline.due_at)
    return latest.due_at, latest.calendar_version


def _ship_by(line: SoldLine, rules: OrderRules, secured_at: datetime) -> Deadline:
    place = rules.calendar_of(line.ship_from)
    begun = secured_at
    if line.ready_on is not None:
        begun = max(begun, datetime.combine(line.ready_on, time(), ZoneInfo(place.zone)).astimezone(UTC))
    more_days = max(line.dispatch_business_days - rules.stock_ships_within_business_days, 0)
    return place.ship_by(begun, rules.cutoff, more_days)


def last_ship_by(parts: Sequence[SellerOrder], rules: OrderRules, secured_at: datetime) -> datetime:
    """When the last parcel of an order would have to leave if it were secured at `secured_at`, acceptance included."""
    start = secured_at
    if not rules.is_accepted_automatically:
        start = rules.calendar_of_market().deadline_after(secured_at, rules.acceptance_business_days).due_at
    return max(ship_by_of(part.lines, rules, start)[0] for part in parts)
