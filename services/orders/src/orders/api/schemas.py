"""What orders takes and answers over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, Field, StringConstraints, model_validator

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.web.pages import NUMBER_MAX, MoneyBody
from chassis.web.text import ONE_LINE, STORABLE
from orders.domain.address_change import AddressAnswer
from orders.domain.approval import Approval, Word
from orders.domain.cancellation_request import CancellationRequest, DeclineReason, Delay, DelayReason, RequestState
from orders.domain.money import Totals
from orders.domain.notes import NOTE_MAX, Notes
from orders.domain.order import LINES_MAX, QUANTITY_MAX, DeliverTo, Order, OrderState
from orders.domain.pricing import RegimeSums, SoldLine
from orders.domain.reservation import RefusedLine
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.domain.shipment import Shipment
from orders.domain.units import ShippedLine, Unit
from orders.use_cases.order_cart import CartToOrder
from orders.use_cases.place_order import AskedOffer
from orders.use_cases.ports import HistoryEntry, OrderView, PaymentInstructions, SellerOrderView

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), ONE_LINE]
CountryCode = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NOTE_MAX), ONE_LINE]
OptionCode = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")]
CurrencyCode = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class PriceBody(MoneyBody):
    """A price: more than nothing."""

    amount: Annotated[int, Field(ge=0, le=100_000_000_000, strict=True)]
    currency: CurrencyCode


class OrderLineBody(BaseModel, extra="forbid"):
    """An offer and how many of it; `unit_price` is the most the buyer agrees to, today's price where it is left out.

    `options` are codes of the offer; what they cost is part of the unit price. `note` is for the seller of this line.
    """

    offer_id: Id
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX, strict=True)]
    unit_price: PriceBody | None = None
    options: Annotated[list[OptionCode], Field(max_length=20)] = []
    note: Note | None = None

    @model_validator(mode="after")
    def _each_option_once(self) -> "OrderLineBody":
        if len(set(self.options)) != len(self.options):
            raise ValueError("each option is chosen once")
        return self


class DeliverToBody(BaseModel, extra="forbid"):
    """Where the goods go."""

    company: Short
    street: Short
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16), ONE_LINE]
    city: Short
    country: CountryCode
    contact_phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), ONE_LINE] | None = None


class ExpectedPriceBody(BaseModel, extra="forbid"):
    """The most the buyer agrees to for each unit of an offer in its cart, options included."""

    offer_id: Id
    unit_price: PriceBody


class OrderedCartBody(BaseModel, extra="forbid"):
    """A saved cart at the `version` the buyer has looked at; it goes when the order holds its stock, unless it is to be kept.

    `expected_prices` are the most the buyer agrees to, today's price for offers that are left out.
    """

    id: Id
    version: Annotated[int, Field(ge=1, le=NUMBER_MAX, strict=True)]
    keep: bool = False
    expected_prices: Annotated[list[ExpectedPriceBody], Field(max_length=LINES_MAX)] = []

    @model_validator(mode="after")
    def _each_offer_once(self) -> "OrderedCartBody":
        offers = [one.offer_id for one in self.expected_prices]
        if len(set(offers)) != len(offers):
            raise ValueError("each offer has one expected price")
        return self

    def wanted(self) -> CartToOrder:
        """For the use case."""
        return CartToOrder(
            self.id,
            self.version,
            self.keep,
            {one.offer_id: Money(one.unit_price.amount, one.unit_price.currency) for one in self.expected_prices},
        )


class PlaceOrderBody(BaseModel, extra="forbid"):
    """An order; `buyer_reference` is the buyer's own order number (PO number), `price_country` the country whose prices count.

    `cost_centre` is one of the company's own, which keeps limits on them. Either `lines`, `cart` or `award_id` says what is
    ordered: a cart and an award have currency and country of their own, an award prices too. `note` is for every seller of the
    order, in place of the one that was saved with a cart.
    """

    lines: Annotated[list[OrderLineBody], Field(max_length=LINES_MAX)] = []
    award_id: Id | None = None
    cart: OrderedCartBody | None = None
    deliver_to: DeliverToBody
    buyer_reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), ONE_LINE] | None = None
    price_country: CountryCode | None = None
    currency: CurrencyCode | None = None
    cost_centre: Annotated[str, StringConstraints(min_length=1, max_length=40), ONE_LINE] | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _each_offer_once(self) -> "PlaceOrderBody":
        offers = [line.offer_id for line in self.lines]
        if len(set(offers)) != len(offers):
            raise ValueError("each offer stands on one line of an order only")
        return self

    @model_validator(mode="after")
    def _made_of_one_thing(self) -> "PlaceOrderBody":
        if [bool(self.lines), self.award_id is not None, self.cart is not None].count(True) != 1:
            raise ValueError("an order has lines, or it is made of a cart or of an award")
        if self.cart is not None and (self.price_country or self.currency):
            raise ValueError("a cart has a price country and a currency of its own")
        return self

    def asked(self) -> tuple[AskedOffer, ...]:
        """The lines for the use case."""
        return tuple(
            AskedOffer(
                line.offer_id,
                line.quantity,
                Money(line.unit_price.amount, line.unit_price.currency) if line.unit_price else None,
                tuple(line.options),
            )
            for line in self.lines
        )

    def address(self) -> DeliverTo:
        """The address for the use case."""
        return DeliverTo(**self.deliver_to.model_dump())

    def notes(self) -> Notes | None:
        """What is written to the sellers, for the use case; lines are numbered in their order."""
        lines = {n: line.note for n, line in enumerate(self.lines, start=1) if line.note}
        return Notes(self.note, lines) if self.note or lines else None


class ImeiBody(BaseModel, extra="forbid"):
    """A device with an IMEI."""

    imei: Annotated[str, StringConstraints(max_length=40)]


class SerialBody(BaseModel, extra="forbid"):
    """A device with a maker's serial number."""

    serial: Annotated[str, StringConstraints(max_length=60)]


UnitBody = ImeiBody | SerialBody


class ShippedLineBody(BaseModel, extra="forbid"):
    """The units of one line, each by its IMEI or its serial number."""

    line_no: Annotated[int, Field(ge=1, strict=True)]
    units: Annotated[list[UnitBody], Field(min_length=1, max_length=QUANTITY_MAX)]


class ShipBody(BaseModel, extra="forbid"):
    """A parcel with the whole seller order in it."""

    carrier: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), ONE_LINE]
    tracking_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), ONE_LINE]
    lines: Annotated[list[ShippedLineBody], Field(min_length=1, max_length=LINES_MAX)]

    def shipped(self) -> tuple[ShippedLine, ...]:
        """The lines for the use case."""
        return tuple(
            ShippedLine(
                line.line_no,
                tuple(
                    Unit(imei=unit.imei) if isinstance(unit, ImeiBody) else Unit(serial=unit.serial)
                    for unit in line.units
                ),
            )
            for line in self.lines
        )


class CancelPartBody(BaseModel, extra="forbid"):
    """Why the seller cannot deliver: `out_of_stock`, `price_error`, `credit_reference` or `deadline`, as far as the market of
    the order frees a seller for it."""

    reason: Annotated[str, StringConstraints(pattern="^[a-z][a-z_]{0,31}$")]


class AskCancellationBody(BaseModel, extra="forbid"):
    """Which part of the order; null means of all that has not left yet."""

    seller_order_id: Id | None = None


class AnswerCancellationBody(BaseModel, extra="forbid"):
    """Whether the buyer is let go, or the part delivered as ordered."""

    decision: Literal["accept", "decline"]


class AnnounceDelayBody(BaseModel, extra="forbid"):
    """Why the parcel leaves later, and on which day it is expected to."""

    reason: DelayReason
    expected_on: date


class TotalsBody(BaseModel):
    """net + vat + rounding = gross, which is what is paid."""

    net: MoneyBody
    vat: MoneyBody
    rounding: MoneyBody
    gross: MoneyBody


class AskedLineBody(BaseModel):
    """A line as it was asked for."""

    line_no: int
    offer_id: Id
    quantity: int
    unit_price: MoneyBody | None
    options: list[str]
    note: str | None


class LineVatBody(BaseModel):
    """EN 16931 category, rate in percent as text (null when out of scope), reason code and the row of the VAT table."""

    category: str
    rate: str | None
    vatex: str | None
    rule: str


class ChosenOptionBody(BaseModel):
    """What was chosen with each unit; `price` is part of the unit price."""

    code: str
    kind: str
    title: str
    price: MoneyBody


class IncludedLevyBody(BaseModel):
    """Of the unit price, so much is this levy."""

    kind: str
    amount: MoneyBody


class SoldLineBody(BaseModel):
    """A line as it was sold; `unit_price` is on the price basis of its VAT regime, and options and levies are part of it."""

    line_no: int
    offer_id: Id
    sku: str
    title: str
    category: str
    grade: str
    quantity: int
    unit_price: MoneyBody
    net: MoneyBody
    vat_regime: str
    vat: LineVatBody
    ship_from: str
    warranty_months: int
    options: list[ChosenOptionBody]
    levies: list[IncludedLevyBody]


class VatRowBody(BaseModel):
    """One row of the VAT breakdown."""

    category: str
    rate: str | None
    base: MoneyBody
    vat: MoneyBody


class RegimeBody(BaseModel):
    """What one invoice of the seller order will come to."""

    vat_regime: str
    price_basis: str
    shipping_fee: MoneyBody
    totals: TotalsBody
    breakdown: list[VatRowBody]


class UnitAnswer(BaseModel):
    """A device by its one number."""

    imei: str | None = None
    serial: str | None = None


class ShippedLineAnswer(BaseModel):
    """The units of one line."""

    line_no: int
    units: list[UnitAnswer]


class ShipmentBody(BaseModel):
    """A parcel. `failure` is why the last of its `failed_attempts` failed: nobody_there, address_not_found, refused or other."""

    id: Id
    version: int
    state: str
    seller_order_id: Id
    order_id: Id
    carrier: str
    tracking_number: str
    dispatched_at: datetime | None
    delivered_at: datetime | None
    failure: str | None
    failed_attempts: int
    redelivery_asked_at: datetime | None
    lines: list[ShippedLineAnswer]


class HistoryBody(BaseModel):
    """One step of the story; of the order itself where `seller_order_id` is null."""

    at: datetime
    actor: str
    move: str
    from_state: str | None
    to_state: str
    version: int
    seller_order_id: Id | None


class VirtualAccountBody(BaseModel):
    """The buyer's own account at the payment provider."""

    iban: str
    bic: str | None
    holder_name: str


class PaymentBody(BaseModel):
    """How to pay the order: by transfer to `virtual_account`, or by card on the page behind `card_payment_link`."""

    payment_id: Id
    method: Literal["bank_transfer"] = "bank_transfer"
    card_payment_link: str | None
    amount_due: MoneyBody
    reference: str
    virtual_account: VirtualAccountBody


class RefusedLineBody(BaseModel):
    """A line that could not be had, and why.

    `offer_share_limit`, `seller_share_limit`: your company holds `held` units of the offer or of its seller unpaid, where
    `held_max` is the most.
    """

    line_no: int
    offer_id: Id
    reason: str
    requested: int | None
    available: int | None
    held: int | None
    held_max: int | None


class RefusalBody(BaseModel):
    """Why the order did not come about.

    `award_unknown`, `award_used`, `award_expired`, `award_elsewhere`, `stock`, `vat`, `open_holds_limit`, `stock_share_limit`,
    `price_changed`, `approval_impossible`, `approval_refused` or `approval_lapsed`.
    """

    reason: str
    lines: list[RefusedLineBody]


class PurchaseOrderLink(BaseModel):
    """Where the purchase order is, and the SHA-256 of its bytes."""

    href: str
    sha256: str


class ApprovalReasonBody(BaseModel):
    """A limit that the order goes over: `limit` of which `spent` were gone before it, and by how much it is `over`."""

    code: Literal["person_per_order", "person_per_month", "cost_centre_per_order", "cost_centre_per_month"]
    limit: MoneyBody
    spent: MoneyBody
    over: MoneyBody


class ApprovalDecisionBody(BaseModel):
    """What somebody said in a step; `on_behalf_of` is whom a delegate stood in for."""

    step: int
    person_id: Id
    on_behalf_of: Id | None
    decision: Literal["approve", "refuse"]
    comment: str | None
    at: datetime


class ApprovalBody(BaseModel):
    """Why the order needs an approval, and how far it is: `approver_ids` are who was asked in the present step.

    `totals` is what is approved: held at more than that the order is refused as `price_changed`.
    """

    step: int
    steps: int
    approver_ids: list[Id]
    reasons: list[ApprovalReasonBody]
    totals: TotalsBody
    lapses_at: datetime
    decisions: list[ApprovalDecisionBody]


class DecisionRequest(BaseModel, extra="forbid"):
    """A yes or a no; with `step` it is only about that step (409 `approval_step_over` if somebody was faster)."""

    decision: Literal["approve", "refuse"]
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), STORABLE] | None = None
    step: Annotated[int, Field(ge=1, strict=True)] | None = None

    def word(self, person_id: Id) -> Word:
        """For the use case."""
        return Word(person_id, self.decision == "approve", self.comment or None)


class OrderSummary(BaseModel):
    """An order in a list. `placed_by` is the person, null for a program."""

    id: Id
    number: int
    version: int
    state: OrderState
    market: str
    price_country: str
    currency: str
    buyer_reference: str | None
    cost_centre: str | None
    award_id: Id | None
    placed_by: Id | None
    totals: TotalsBody | None
    received: MoneyBody
    hold_until: datetime | None
    placed_at: datetime
    secured_at: datetime | None
    updated_at: datetime


class WaitingOrder(OrderSummary):
    """An order that waits for an approval; `waits_for_me` says whether it is yours to decide now."""

    waits_for_me: bool
    approval: ApprovalBody


class CancellationRequestBody(BaseModel):
    """What became of a buyer's wish to be free of it. `declined_because` is `shipped` where the parcel was faster."""

    state: RequestState
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    declined_because: DeclineReason | None


class DelayBody(BaseModel):
    """What its seller told of a delay; `excused`: the market does not hold it against the seller."""

    reason: DelayReason
    expected_on: date
    told_at: datetime
    excused: bool


class SellerOrderSummary(BaseModel):
    """A seller order in a list. `late_at` is when it was found late; from `buyer_may_cancel_from` on its buyer may cancel it."""

    id: Id
    number: str
    version: int
    state: SellerOrderState
    order_id: Id
    seller_id: Id
    market: str
    currency: str
    totals: TotalsBody
    vat_cleared: bool
    accept_by: datetime | None
    ship_by: datetime | None
    late_at: datetime | None
    buyer_may_cancel_from: datetime | None
    cancellation_request: CancellationRequestBody | None
    opened_at: datetime
    updated_at: datetime


class AddressChangeBody(BaseModel):
    """The buyer's last wish to send a part elsewhere; `asked` until its seller answers, or its time is over."""

    deliver_to: DeliverToBody
    answer: AddressAnswer
    asked_at: datetime
    answer_by: datetime


class SellerOrderBody(SellerOrderSummary):
    """A seller order with its lines and parcels."""

    policy_version: str
    delivery_country: str
    shipping_fee: MoneyBody
    lines: list[SoldLineBody]
    regimes: list[RegimeBody]
    vat_hold_reason: str | None
    moved_to: DeliverToBody | None
    address_change: AddressChangeBody | None
    cancel_reason: str | None
    cancelled_by: str | None
    delay: DelayBody | None
    shipments: list[ShipmentBody]


class LineNoteBody(BaseModel):
    """What the buyer wrote to a line."""

    line_no: int
    note: str


class SellerOrderDetail(SellerOrderBody):
    """What its seller sees: its story, and once the order is paid the address and what the buyer wrote.

    `note` is for all sellers of the order, `line_notes` are about this seller's own lines.
    """

    order_number: int
    deliver_to: DeliverToBody | None
    note: str | None
    line_notes: list[LineNoteBody]
    history: list[HistoryBody]


class OrderBody(OrderSummary):
    """An order with everything its buyer may see."""

    buyer_id: Id
    policy_version: str
    hold_calendar: str | None
    deliver_to: DeliverToBody
    note: str | None
    lines: list[AskedLineBody]
    seller_orders: list[SellerOrderBody]
    payment: PaymentBody | None
    purchase_order: PurchaseOrderLink | None
    refusal: RefusalBody | None
    approval: ApprovalBody | None
    history: list[HistoryBody]


def order_summary(order: Order) -> OrderSummary:
    """The order in a list."""
    return OrderSummary(
        id=order.id,
        number=order.number,
        version=order.version,
        state=order.state,
        market=order.market,
        price_country=order.price_country,
        currency=order.currency,
        buyer_reference=order.buyer_reference,
        cost_centre=order.cost_centre,
        award_id=order.award_id,
        placed_by=order.placed_by,
        totals=totals_body(order.totals, order.currency) if order.totals else None,
        received=_money(order.received, order.currency),
        hold_until=order.hold.until if order.hold else None,
        placed_at=order.placed_at,
        secured_at=order.secured_at,
        updated_at=order.updated_at,
    )


def approval_body(approval: Approval, currency: str) -> ApprovalBody:
    """Why it is needed, and how far it is."""
    return ApprovalBody(
        step=approval.step,
        steps=len(approval.steps),
        approver_ids=list(approval.asked),
        reasons=[
            ApprovalReasonBody(
                code=cast(Any, reason.code),
                limit=_money(reason.limit, currency),
                spent=_money(reason.spent, currency),
                over=_money(reason.over, currency),
            )
            for reason in approval.reasons
        ],
        totals=totals_body(approval.totals, currency),
        lapses_at=approval.lapses_at,
        decisions=[
            ApprovalDecisionBody(
                step=one.step,
                person_id=one.person_id,
                on_behalf_of=one.on_behalf_of,
                decision="approve" if one.approved else "refuse",
                comment=one.comment,
                at=one.at,
            )
            for one in approval.decisions
        ],
    )


def waiting_order(order: Order, *, waits_for_me: bool) -> WaitingOrder:
    """The order among those that wait for an approval."""
    assert order.approval is not None, "an order that waits for an approval says for which"
    approval = approval_body(order.approval, order.currency)
    return WaitingOrder(**order_summary(order).__dict__, waits_for_me=waits_for_me, approval=approval)


def order_body(view: OrderView) -> OrderBody:
    """The whole order."""
    order = view.order
    notes = order.notes or Notes()
    return OrderBody(
        **order_summary(order).__dict__,
        buyer_id=order.buyer_id,
        policy_version=order.policy_version,
        hold_calendar=order.hold.calendar_version if order.hold else None,
        deliver_to=_address(order.deliver_to),
        note=notes.order,
        lines=[
            AskedLineBody(
                line_no=line.line_no,
                offer_id=line.offer_id,
                quantity=line.quantity,
                unit_price=None if line.unit_price is None else _money(line.unit_price, order.currency),
                options=list(line.options),
                note=notes.lines.get(line.line_no),
            )
            for line in order.lines
        ],
        seller_orders=[seller_order_body(part, view.shipments) for part in view.seller_orders],
        payment=_payment(view.instructions) if view.instructions else None,
        purchase_order=_purchase_order(order, view.purchase_order_sha256),
        refusal=RefusalBody(reason=order.refusal.reason, lines=refused_lines(order.refusal.lines))
        if order.refusal
        else None,
        approval=approval_body(order.approval, order.currency) if order.approval else None,
        history=[_history(entry) for entry in view.history],
    )


def refused_lines(lines: tuple[RefusedLine, ...]) -> list[RefusedLineBody]:
    """The lines that could not be had."""
    return [
        RefusedLineBody(
            line_no=line.line_no,
            offer_id=line.offer_id,
            reason=line.reason,
            requested=line.requested,
            available=line.available,
            held=line.held,
            held_max=line.held_max,
        )
        for line in lines
    ]


def seller_order_summary(part: SellerOrder) -> SellerOrderSummary:
    """The seller order in a list."""
    return SellerOrderSummary(
        id=part.id,
        number=part.number,
        version=part.version,
        state=part.state,
        order_id=part.order_id,
        seller_id=part.seller_id,
        market=part.market,
        currency=part.currency,
        totals=totals_body(part.totals, part.currency),
        vat_cleared=part.is_vat_cleared,
        accept_by=part.accept_by,
        ship_by=part.ship_by,
        late_at=part.late_at,
        buyer_may_cancel_from=part.free_from,
        cancellation_request=_request(part.cancellation_request) if part.cancellation_request else None,
        opened_at=part.opened_at,
        updated_at=part.updated_at,
    )


def address_change_body(part: SellerOrder, *, shown: bool) -> dict[str, Any]:
    """Where the part goes instead of the order's address, and the last wish; nothing of it for who may not know."""
    wish = part.address_change if shown else None
    return {
        "moved_to": _address(part.moved_to) if part.moved_to and shown else None,
        "address_change": wish
        and AddressChangeBody(
            deliver_to=_address(wish.deliver_to),
            answer=wish.answer,
            asked_at=wish.asked_at,
            answer_by=wish.answer_by,
        ),
    }


def seller_order_body(
    part: SellerOrder, shipments: tuple[Shipment, ...], *, shows_address: bool = True
) -> SellerOrderBody:
    """The seller order with its lines and parcels."""
    return SellerOrderBody(
        **seller_order_summary(part).__dict__,
        policy_version=part.policy_version,
        delivery_country=part.delivery_country,
        shipping_fee=_money(part.shipping_fee, part.currency),
        lines=[_sold_line(line, part.currency) for line in part.lines],
        regimes=[_regime(sums, part.currency) for sums in part.regimes],
        vat_hold_reason=part.vat_hold_reason,
        **address_change_body(part, shown=shows_address),
        cancel_reason=part.cancel_reason,
        cancelled_by=part.cancelled_by,
        delay=_delay(part.delay) if part.delay else None,
        shipments=[shipment_body(one) for one in shipments if one.seller_order_id == part.id],
    )


def _request(request: CancellationRequest) -> CancellationRequestBody:
    return CancellationRequestBody(
        state=request.state,
        asked_at=request.asked_at,
        answer_by=request.answer_by,
        answered_at=request.answered_at,
        declined_because=request.declined_because,
    )


def _delay(delay: Delay) -> DelayBody:
    return DelayBody(reason=delay.reason, expected_on=delay.expected_on, told_at=delay.told_at, excused=delay.excused)


def seller_order_detail(view: SellerOrderView) -> SellerOrderDetail:
    """What the seller sees."""
    part = view.seller_order
    notes = view.notes
    return SellerOrderDetail(
        **seller_order_body(part, view.shipments, shows_address=part.shows_address).__dict__,
        order_number=view.order.number,
        deliver_to=_address(part.goes_to(view.order)) if part.shows_address else None,
        note=notes.order,
        line_notes=[LineNoteBody(line_no=line_no, note=note) for line_no, note in sorted(notes.lines.items())],
        history=[_history(entry) for entry in view.history],
    )


def shipment_body(shipment: Shipment) -> ShipmentBody:
    """The parcel."""
    return ShipmentBody(
        id=shipment.id,
        version=shipment.version,
        state=str(shipment.state),
        seller_order_id=shipment.seller_order_id,
        order_id=shipment.order_id,
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        dispatched_at=shipment.dispatched_at,
        delivered_at=shipment.delivered_at,
        failure=shipment.failure and str(shipment.failure),
        failed_attempts=shipment.failed_attempts,
        redelivery_asked_at=shipment.redelivery_asked_at,
        lines=[
            ShippedLineAnswer(
                line_no=line.line_no, units=[UnitAnswer(imei=unit.imei, serial=unit.serial) for unit in line.units]
            )
            for line in shipment.lines
        ],
    )


def _money(minor: int, currency: str) -> MoneyBody:
    return MoneyBody(amount=minor, currency=currency)


def totals_body(totals: Totals, currency: str) -> TotalsBody:
    """The amounts in their currency."""
    return TotalsBody(
        net=_money(totals.net, currency),
        vat=_money(totals.vat, currency),
        rounding=_money(totals.rounding, currency),
        gross=_money(totals.gross, currency),
    )


def _address(deliver_to: DeliverTo) -> DeliverToBody:
    return DeliverToBody(
        company=deliver_to.company,
        street=deliver_to.street,
        postal_code=deliver_to.postal_code,
        city=deliver_to.city,
        country=deliver_to.country,
        contact_phone=deliver_to.contact_phone,
    )


def _sold_line(line: SoldLine, currency: str) -> SoldLineBody:
    return SoldLineBody(
        line_no=line.line_no,
        offer_id=line.offer_id,
        sku=line.sku,
        title=line.title,
        category=line.category,
        grade=line.grade,
        quantity=line.quantity,
        unit_price=_money(line.unit_price, currency),
        net=_money(line.net, currency),
        vat_regime=line.vat_regime,
        vat=LineVatBody(category=line.vat.category, rate=line.vat.rate, vatex=line.vat.vatex, rule=line.vat.rule),
        ship_from=line.ship_from,
        warranty_months=line.warranty_months,
        options=[
            ChosenOptionBody(code=one.code, kind=one.kind, title=one.title, price=_money(one.price, currency))
            for one in line.options
        ],
        levies=[IncludedLevyBody(kind=one.kind, amount=_money(one.amount, currency)) for one in line.levies],
    )


def _regime(sums: RegimeSums, currency: str) -> RegimeBody:
    return RegimeBody(
        vat_regime=sums.vat_regime,
        price_basis=sums.price_basis,
        shipping_fee=_money(sums.shipping_fee, currency),
        totals=totals_body(sums.totals, currency),
        breakdown=[
            VatRowBody(
                category=row.category,
                rate=row.rate,
                base=_money(row.base, currency),
                vat=_money(row.vat, currency),
            )
            for row in sums.breakdown
        ],
    )


def _payment(instructions: PaymentInstructions) -> PaymentBody:
    return PaymentBody(
        payment_id=instructions.payment_id,
        card_payment_link=instructions.card_link,
        amount_due=_money(instructions.amount_due, instructions.currency),
        reference=instructions.reference,
        virtual_account=VirtualAccountBody(
            iban=instructions.iban, bic=instructions.bic, holder_name=instructions.holder_name
        ),
    )


def _purchase_order(order: Order, sha256: str | None) -> PurchaseOrderLink | None:
    return PurchaseOrderLink(href=f"/v1/orders/{order.id}/purchase-order", sha256=sha256) if sha256 else None


def _history(entry: HistoryEntry) -> HistoryBody:
    return HistoryBody(
        at=entry.at,
        actor=entry.actor,
        move=entry.move,
        from_state=entry.from_state,
        to_state=entry.to_state,
        version=entry.version,
        seller_order_id=entry.seller_order_id,
    )
