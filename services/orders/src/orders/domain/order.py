"""The buyer's order: from the wish over the payment hold to the last delivered parcel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable
from orders.domain import events
from orders.domain.approval import Approval
from orders.domain.errors import OfferTwice, OrderMoveRefused, OrderWithoutLines, QuantityOutOfRange
from orders.domain.hold import Hold
from orders.domain.money import Totals
from orders.domain.notes import Notes
from orders.domain.reservation import HeldLine, Refusal

LINES_MAX = 200
QUANTITY_MAX = 9_999


class OrderState(StrEnum):
    """From RESERVING (catalog is asked) to COMPLETED; REFUSED, CANCELLED_BY_BUYER and AUTO_CANCELLED are ends too, and
    CANCELLED_EXCEPTION is that of a paid order of which nothing is delivered.

    Where the buyer company keeps spending limits an order begins in CHECKING_LIMITS, and may wait in AWAITING_APPROVAL.
    """

    CHECKING_LIMITS = "checking_limits"
    AWAITING_APPROVAL = "awaiting_approval"
    RESERVING = "reserving"
    REFUSED = "refused"
    AWAITING_PAYMENT = "awaiting_payment"
    PARTIALLY_PAID = "partially_paid"
    EXPIRY_PENDING = "expiry_pending"
    SECURED = "secured"
    IN_FULFILMENT = "in_fulfilment"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED_BY_BUYER = "cancelled_by_buyer"
    AUTO_CANCELLED = "auto_cancelled"
    CANCELLED_EXCEPTION = "cancelled_exception"


S = OrderState

# After the money is there the order follows its seller orders, forward only; steps may be skipped.
PROGRESS = (S.SECURED, S.IN_FULFILMENT, S.PARTIALLY_SHIPPED, S.SHIPPED, S.DELIVERED, S.COMPLETED)
UNPAID = (S.AWAITING_PAYMENT, S.PARTIALLY_PAID)
# Nobody knows yet what becomes of it: the request that placed it waits for its answer.
UNSETTLED = (S.CHECKING_LIMITS, S.RESERVING)
# Stock is held, or asked for, and nobody has paid yet.
HOLDING = (S.RESERVING, *UNPAID, S.EXPIRY_PENDING)


def reach(state: OrderState) -> str:
    """The name of the move that follows the seller orders to this state."""
    return f"reach_{state}"


MOVES = StateTable(
    {
        ("place", S.CHECKING_LIMITS): S.RESERVING,
        ("await_approval", S.CHECKING_LIMITS): S.AWAITING_APPROVAL,
        ("approve_step", S.AWAITING_APPROVAL): S.AWAITING_APPROVAL,
        ("approve", S.AWAITING_APPROVAL): S.RESERVING,
        ("withdraw", S.AWAITING_APPROVAL): S.CANCELLED_BY_BUYER,
        ("hold", S.RESERVING): S.AWAITING_PAYMENT,
        **{("refuse", state): S.REFUSED for state in (*UNSETTLED, S.AWAITING_APPROVAL)},
        **{("pay_in_part", state): S.PARTIALLY_PAID for state in UNPAID},
        **{("remind", state): state for state in UNPAID},
        **{("cancel", state): S.CANCELLED_BY_BUYER for state in UNPAID},
        **{("expire", state): S.EXPIRY_PENDING for state in UNPAID},
        # Only a definite "not paid" of payments ends an order; until then it waits in EXPIRY_PENDING.
        ("auto_cancel", S.EXPIRY_PENDING): S.AUTO_CANCELLED,
        **{("secure", state): S.SECURED for state in (*UNPAID, S.EXPIRY_PENDING)},
        **{("attach_purchase_order", state): state for state in (*UNPAID, S.EXPIRY_PENDING, *PROGRESS)},
        **{(reach(later), earlier): later for n, earlier in enumerate(PROGRESS) for later in PROGRESS[n + 1 :]},
        # Once something has left, the order ends with what was delivered.
        **{(reach(S.CANCELLED_EXCEPTION), state): S.CANCELLED_EXCEPTION for state in (S.SECURED, S.IN_FULFILMENT)},
    },
    OrderMoveRefused,
)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What the buyer asked for; with `unit_price` (minor units) it only wants the line, options included, at that price or
    below. `options` are codes of the offer."""

    line_no: int
    offer_id: Id
    quantity: int
    unit_price: int | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliverTo:
    """Where the goods go; `country` is ISO 3166."""

    company: str
    street: str
    postal_code: str
    city: str
    country: str
    contact_phone: str | None = None


# Whether the money of a secured order is there, or is taken from a card when each seller's part leaves.
CAPTURE_DONE = "done"
CAPTURE_AT_DISPATCH = "at_dispatch"


@dataclass(frozen=True)
class Order:
    """`number` is what people say on the phone; `received` is what has come in while it is paid in parts, in minor units.

    `placed_by` is the person, or None for a program. `estimated` is what it came to when it was weighed against the buyer's
    limits, and the most it may come to when it is held; None where no limit was looked at. `award_id` is what it was made
    of instead of lines: what the buyer took of sellers' quotes. `cart_id` and `cart_version` are the saved
    cart it was made of.
    """

    id: Id
    version: int
    number: int
    buyer_id: Id
    market: str
    policy_version: str
    price_country: str
    currency: str
    lines: tuple[OrderLine, ...]
    deliver_to: DeliverTo
    state: OrderState
    placed_at: datetime
    updated_at: datetime
    buyer_reference: str | None = None
    totals: Totals | None = None
    hold: Hold | None = None
    refusal: Refusal | None = None
    received: int = 0
    payment_id: Id | None = None
    secured_at: datetime | None = None
    capture: str = CAPTURE_DONE
    placed_by: Id | None = None
    cost_centre: str | None = None
    estimated: int | None = None
    award_id: Id | None = None
    approval: Approval | None = None
    notes: Notes | None = None
    # How far its buyer was trusted when it was placed; None for orders older than that.
    trust_tier: str | None = None
    cart_id: Id | None = None
    cart_version: int | None = None

    @property
    def units(self) -> int:
        """How many units it asks for."""
        return sum(line.quantity for line in self.lines)

    def named(self, lines: Sequence[HeldLine]) -> "Order":
        """An order of an award has no lines of its own until catalog says what was awarded."""
        if self.award_id is None:
            return self
        return replace(
            self, lines=tuple(OrderLine(one.line_no, one.offer_id, one.quantity, one.unit_price) for one in lines)
        )

    def begun(self) -> events.OrderPlaced | events.OrderSubmitted:
        """The fact that goes with its first version: catalog is asked at once, unless limits are looked at first."""
        return self._placed() if self.state is S.RESERVING else events.OrderSubmitted(**self._asked())

    def place(self, estimated: int | None, *, at: datetime) -> tuple["Order", events.OrderPlaced]:
        """It is within the buyer's limits: catalog is asked. `estimated` is what it may come to, None where no limit is left."""
        after = self._after("place", at, estimated=estimated)
        return after, after._placed()

    def await_approval(self, approval: Approval, *, at: datetime) -> tuple["Order", events.OrderApprovalAwaited]:
        """It goes over a limit: nothing is held until the buyer's own people have said yes."""
        after = self._after("await_approval", at, approval=approval, estimated=approval.totals.gross)
        return after, after._awaited()

    def approve(
        self, approval: Approval, *, at: datetime
    ) -> tuple["Order", events.OrderApprovalAwaited | events.OrderPlaced]:
        """A yes that leads into the next step, or, where `approval` has been given in all steps, to catalog."""
        if not approval.is_given:
            after = self._after("approve_step", at, approval=approval)
            return after, after._awaited()
        after = self._after("approve", at, approval=approval)
        return after, after._placed()

    def disapprove(self, approval: Approval, *, at: datetime) -> tuple["Order", events.OrderRefused]:
        """Somebody who was asked said no."""
        return replace(self, approval=approval).refuse(Refusal("approval_refused"), at=at)

    def withdraw(self, *, at: datetime) -> tuple["Order", events.OrderWithdrawn]:
        """The buyer changed its mind before it was approved; nothing was held."""
        after = self._after("withdraw", at)
        return after, events.OrderWithdrawn(aggregate_id=self.id, seq=after.version)

    def keep(
        self, totals: Totals, hold: Hold, parts: Sequence[events.SellerPart], *, at: datetime
    ) -> tuple["Order", events.OrderHeld]:
        """Stock is reserved and the sums are known: the buyer may pay until the hold ends."""
        after = self._after("hold", at, totals=totals, hold=hold)
        return after, events.OrderHeld(
            aggregate_id=self.id,
            seq=after.version,
            number=self.number,
            buyer_id=self.buyer_id,
            market=self.market,
            policy_version=self.policy_version,
            currency=self.currency,
            totals=totals,
            hold_until=hold.until,
            seller_orders=tuple(parts),
            delivery_country=self.deliver_to.country,
        )

    def refuse(self, refusal: Refusal, *, at: datetime) -> tuple["Order", events.OrderRefused]:
        """The order does not come about; whatever catalog holds for it is freed."""
        after = self._after("refuse", at, refusal=refusal)
        return after, events.OrderRefused(
            aggregate_id=self.id,
            seq=after.version,
            refusal=refusal,
            placed_by=self.placed_by,
            awaited_approval=self.approval is not None,
        )

    def attach_purchase_order(self, sha256: str, *, at: datetime) -> tuple["Order", events.OrderPurchaseOrderReady]:
        """The paper with the payment instructions is stored."""
        after = self._after("attach_purchase_order", at)
        return after, events.OrderPurchaseOrderReady(aggregate_id=self.id, seq=after.version, sha256=sha256)

    def pay_in_part(self, received: int, *, at: datetime) -> tuple["Order", events.OrderPartiallyPaid]:
        """Money has come, but not all of it; the deadline stays (§1.5). `received` is the sum so far."""
        after = self._after("pay_in_part", at, received=received)
        assert self.totals is not None, "a held order has totals"
        missing = max(self.totals.gross - received, 0)
        return after, events.OrderPartiallyPaid(
            aggregate_id=self.id, seq=after.version, currency=self.currency, received=received, missing=missing
        )

    def remind(self, after_business_days: int, *, at: datetime) -> tuple["Order", events.OrderPaymentReminded]:
        """The buyer is reminded that the money is missing."""
        after = self._after("remind", at)
        assert self.totals is not None, "a held order has totals"
        assert self.hold is not None, "a held order has a deadline"
        return after, events.OrderPaymentReminded(
            aggregate_id=self.id,
            seq=after.version,
            after_business_days=after_business_days,
            hold_until=self.hold.until,
            currency=self.currency,
            missing=self.totals.gross - self.received,
        )

    def secure(
        self, payment_id: Id, secured_at: datetime, capture: str = CAPTURE_DONE, *, at: datetime
    ) -> tuple["Order", events.OrderSecured]:
        """All the money is there, or a card is authorised for it: the sellers may ship."""
        after = self._after("secure", at, payment_id=payment_id, secured_at=secured_at, capture=capture)
        return after, events.OrderSecured(
            aggregate_id=self.id, seq=after.version, payment_id=payment_id, secured_at=secured_at, capture=capture
        )

    def expire(self, *, at: datetime) -> tuple["Order", events.OrderExpiring]:
        """The deadline has passed: payments is asked whether the money came after all."""
        after = self._after("expire", at)
        return after, events.OrderExpiring(aggregate_id=self.id, seq=after.version)

    def auto_cancel(self, *, at: datetime) -> tuple["Order", events.OrderAutoCancelled]:
        """Payments said "not paid", for certain."""
        after = self._after("auto_cancel", at)
        return after, events.OrderAutoCancelled(aggregate_id=self.id, seq=after.version)

    def cancel(self, *, at: datetime) -> tuple["Order", events.OrderCancelled]:
        """The buyer changed its mind before paying."""
        after = self._after("cancel", at)
        return after, events.OrderCancelled(aggregate_id=self.id, seq=after.version, by="buyer")

    def progress(self, to: OrderState, *, at: datetime) -> tuple["Order", events.OrderProgressed]:
        """The seller orders have come as far as `to`."""
        after = self._after(reach(to), at)
        return after, events.OrderProgressed(aggregate_id=self.id, seq=after.version, reached=str(to))

    def _asked(self) -> dict[str, Any]:
        return {
            "aggregate_id": self.id,
            "seq": self.version,
            "number": self.number,
            "buyer_id": self.buyer_id,
            "market": self.market,
            "price_country": self.price_country,
            "currency": self.currency,
            "award_id": self.award_id,
            "delivery_country": self.deliver_to.country,
            "lines": tuple(
                events.AskedLine(x.line_no, x.offer_id, x.quantity, x.unit_price, x.options) for x in self.lines
            ),
        }

    def _placed(self) -> events.OrderPlaced:
        return events.OrderPlaced(
            **self._asked(),
            trust_tier=self.trust_tier,
            was_approved=self.approval is not None,
            placed_by=self.placed_by if self.approval is not None else None,
        )

    def _awaited(self) -> events.OrderApprovalAwaited:
        assert self.approval is not None, "an order that waits for an approval says for which"
        return events.OrderApprovalAwaited(
            aggregate_id=self.id,
            seq=self.version,
            number=self.number,
            buyer_id=self.buyer_id,
            step=self.approval.step,
            steps=len(self.approval.steps),
            asked_ids=self.approval.asked,
            reasons=tuple(reason.code for reason in self.approval.reasons),
            currency=self.currency,
            gross=self.approval.totals.gross,
            lapses_at=self.approval.lapses_at,
        )

    def _after(self, move: str, at: datetime, **changes: Any) -> "Order":
        state = MOVES.after(move, self.state)
        return replace(self, version=self.version + 1, state=state, updated_at=at, **changes)


def check_lines(lines: Sequence[OrderLine]) -> None:
    """1 to 200 lines, each offer once, quantities from 1 to 9999."""
    if not 1 <= len(lines) <= LINES_MAX:
        raise OrderWithoutLines(lines=len(lines))
    for line in lines:
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise QuantityOutOfRange(line_no=line.line_no, quantity=line.quantity)
    offers = [line.offer_id for line in lines]
    twice = sorted({str(offer) for offer in offers if offers.count(offer) > 1})
    if twice:
        raise OfferTwice(offers=twice)
