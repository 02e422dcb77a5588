"""Things to test with: sensible defaults, so that a story names only what matters to it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from chassis.kernel.ids import Id, derived_id, new_id
from chassis.kernel.money import Money
from chassis.testing.memory import MemoryRepository, MemoryUnitOfWork
from orders.domain.address_terms import AddressTerms
from orders.domain.approval import Approval, Reason, Spent
from orders.domain.cart import Cart, CartContents, CartLine, LineLook, Look, new_cart
from orders.domain.delivery_terms import DeliveryTerms
from orders.domain.hold import hold_from
from orders.domain.money import Totals
from orders.domain.order import HOLDING, UNSETTLED, DeliverTo, Order, OrderLine, OrderState
from orders.domain.party import Party
from orders.domain.policies import ExcludedArea, OrderRules
from orders.domain.pricing import LineVat, RegimeSums, SoldLine, VatRow
from orders.domain.purchasing import PurchasingRules, SpendingLimit
from orders.domain.reservation import HeldLine, HeldStock
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.domain.shipment import Shipment, ShipmentState
from orders.domain.trust import PAID_ORDERS_COUNTED, Trust, TrustTier
from orders.domain.unit_records import UnitRecord
from orders.domain.units import ShippedLine, Unit
from orders.use_cases.ports import (
    CarrierMessage,
    HistoryEntry,
    HoldingOrder,
    OpenHolds,
    PaymentInstructions,
    StoredDocument,
)
from orders.use_cases.ports_units import CaseUnit

MARKETS = Path(__file__).parents[3] / "markets"

# A Monday, 10:00 in Paris.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BUYER = Id("00000000-0000-7000-8000-00000000b001")
SELLER = Id("00000000-0000-7000-8000-00000000a001")
OTHER_SELLER = Id("00000000-0000-7000-8000-00000000a002")
# Valid by Luhn.
IMEIS = ("490154203237518", "356938035643809", "353879234252633")

RULES = OrderRules(
    market="fr-pro",
    version="2026-01-01.test",
    title="Regrade Pro France",
    languages=("fr", "en"),
    grade_labels={"very_good": {"fr": "Très bon", "en": "Very good"}},
    currencies=("EUR",),
    price_basis="net",
    price_vat_country="FR",
    price_countries=("FR", "DE"),
    price_currency="EUR",
    currency_by_country={},
    delivery_countries=("FR", "DE"),
    excluded_areas=(ExcludedArea("FR", ("97", "98"), "overseas"),),
    market_calendar="FR",
    calendars_by_country={"FR": "FR", "DE": "DE"},
    hold_business_days=5,
    reminder_business_days=(2, 4),
    hold_on_default="cancel_at_deadline",
    hold_end_days_after_reminder=7,
    acceptance="automatic",
    acceptance_business_days=1,
    cancellation_while_unpaid="self_service",
    vat_hold_business_days=1,
    cutoff=time(13),
    stock_ships_within_business_days=1,
    delivered_after_business_days=10,
    shows_card_link=True,
    carriers=(),
    carriers_by_country={},
    trust_tiers=(
        TrustTier("new", 0, False, 100_000_000, 2_000),
        TrustTier("known", 3, False, 250_000_000, 5_000),
        TrustTier("trusted", 0, True, 500_000_000, 10_000),
    ),
    approval_lapses_after=timedelta(days=14),
    address_terms=AddressTerms(
        how="seller_is_asked", answer_business_days=1, unanswered="refused", fee=Money(0, "EUR")
    ),
    delivery_terms=DeliveryTerms(
        lost_after_business_days=10,
        refusal_cancels=False,
        redelivery_charged=False,
        seller_may_end=False,
        charged_at_cost=(),
    ),
    refusal_reasons=("out_of_stock",),
    obvious_price_error_ends=False,
    on_stock_out="refund",
    cancellation_while_paid="seller_consent",
    cancellation_answer_business_days=1,
    late_shipment_business_days=2,
    excused_delays=frozenset(),
)


def one_tier(units_max: int = 2_000, value_max: int = 100_000_000) -> OrderRules:
    """The rules of a market that trusts every buyer alike."""
    return replace(RULES, trust_tiers=(TrustTier("new", 0, False, value_max, units_max),))


def deliver_to(country: str = "FR", postal_code: str = "75002") -> DeliverTo:
    return DeliverTo("Atelier Nord SARL", "12 rue de la Paix", postal_code, "Paris", country)


def a_party(
    company_id: Id = BUYER, *, country: str = "FR", vat: str | None = "FR44732829320", status: str = "valid"
) -> Party:
    return Party(
        company_id,
        1,
        {
            "legal_name": "Reparo SAS",
            "language": "fr",
            "country": country,
            "address": {"street": "1 quai Nord", "postal_code": "59000", "city": "Lille", "country": country},
            "registration_number": "732829320",
            "registration_scheme": "0002",
            "vat_numbers": {country: vat} if vat else {},
            "vat_checks": {country: {"status": status, "checked_at": "2026-11-22T09:00:00Z"}} if vat else {},
        },
    )


def a_held_line(line_no: int = 1, seller_id: Id = SELLER, **changes: Any) -> HeldLine:
    line = HeldLine(
        line_no=line_no,
        offer_id=derived_id(seller_id, f"offer {line_no}"),
        seller_id=seller_id,
        sku=f"SKU-{line_no}",
        title="iPhone 13 128 GB",
        category="smartphone",
        grade="very_good",
        quantity=1,
        unit_price=38_900,
        currency="EUR",
        vat_regime="normal",
        ship_from="FR",
        warranty_months=12,
        dispatch_business_days=1,
    )
    return replace(line, **changes)


def held_stock(order_id: Id, *lines: HeldLine, fee: int = 0) -> HeldStock:
    chosen = lines or (a_held_line(),)
    return HeldStock(order_id, chosen, {line.seller_id: fee for line in chosen})


def a_sold_line(line_no: int = 1, **changes: Any) -> SoldLine:
    line = SoldLine(
        line_no=line_no,
        offer_id=derived_id(SELLER, f"offer {line_no}"),
        sku=f"SKU-{line_no}",
        title="iPhone 13 128 GB",
        category="smartphone",
        grade="very_good",
        quantity=2,
        unit_price=10_000,
        vat_regime="normal",
        ship_from="FR",
        warranty_months=12,
        dispatch_business_days=1,
        net=20_000,
        vat=LineVat("S", "20", None, "V4", {}),
    )
    return replace(line, **changes)


TOTALS = Totals(20_000, 4_000, 0, 24_000)


ANN = Id("00000000-0000-7000-8000-00000000c001")
BEN = Id("00000000-0000-7000-8000-00000000c002")
CAS = Id("00000000-0000-7000-8000-00000000c003")
DEE = Id("00000000-0000-7000-8000-00000000c004")


def own_rules(**changes: Any) -> PurchasingRules:
    """Ann owns the company, Ben approves, Cas may stand in, Dee buys for up to 200.00 an order."""
    rules = PurchasingRules(
        company_id=BUYER,
        version=1,
        limits=(SpendingLimit(DEE, None, "EUR", 20_000, None),),
        steps=((BEN,),),
        approver_ids=frozenset({ANN, BEN, CAS}),
        owner_ids=(ANN,),
    )
    return replace(rules, **changes)


def an_approval(**changes: Any) -> Approval:
    approval = Approval(
        reasons=(Reason("person_per_order", 20_000, 0, 4_000),),
        steps=((BEN,),),
        totals=TOTALS,
        lapses_at=NOW + timedelta(days=14),
        asked=(BEN,),
    )
    return replace(approval, **changes)


def an_order(state: OrderState = OrderState.AWAITING_PAYMENT, **changes: Any) -> Order:
    waits = state is OrderState.AWAITING_APPROVAL
    reserved = not waits and state not in (*UNSETTLED, OrderState.REFUSED)
    order = Order(
        id=new_id(),
        version=1 if state in UNSETTLED else 2,
        number=100_001,
        buyer_id=BUYER,
        market="fr-pro",
        policy_version=RULES.version,
        price_country="FR",
        currency="EUR",
        lines=(OrderLine(1, derived_id(SELLER, "offer 1"), 2),),
        deliver_to=deliver_to(),
        state=state,
        placed_at=NOW,
        updated_at=NOW,
        totals=TOTALS if reserved else None,
        hold=hold_from(RULES, NOW) if reserved else None,
        approval=an_approval() if waits else None,
        estimated=TOTALS.gross if waits else None,
        placed_by=DEE if waits else None,
    )
    return replace(order, **changes)


def a_seller_order(
    order: Order | None = None, state: SellerOrderState = SellerOrderState.AWAITING_PAYMENT, **changes: Any
) -> SellerOrder:
    order = order or an_order()
    seller_id = changes.get("seller_id", SELLER)
    lines = changes.get("lines", (a_sold_line(),))
    part = SellerOrder(
        id=derived_id(order.id, f"seller/{seller_id}"),
        version=1,
        order_id=order.id,
        number=f"{order.number}-1",
        seller_id=SELLER,
        buyer_id=order.buyer_id,
        market=order.market,
        policy_version=order.policy_version,
        currency="EUR",
        delivery_country="FR",
        lines=lines,
        regimes=(RegimeSums("normal", "net", 0, TOTALS, (VatRow("S", "20", 20_000, 4_000),)),),
        shipping_fee=0,
        totals=TOTALS,
        state=state,
        opened_at=NOW,
        updated_at=NOW,
    )
    return replace(part, **changes)


def a_shipment(part: SellerOrder, state: ShipmentState = ShipmentState.DISPATCHED, **changes: Any) -> Shipment:
    shipment = Shipment(
        id=derived_id(part.id, "shipment"),
        version=1,
        seller_order_id=part.id,
        order_id=part.order_id,
        seller_id=part.seller_id,
        buyer_id=part.buyer_id,
        market=part.market,
        policy_version=part.policy_version,
        carrier="dhl",
        tracking_number="JD0001",
        delivery_country="FR",
        lines=two_units(),
        state=state,
        dispatched_at=NOW,
    )
    return replace(shipment, **changes)


def two_units(first: str = IMEIS[0], second: str = IMEIS[1]) -> tuple[ShippedLine, ...]:
    return (ShippedLine(1, (Unit(imei=first), Unit(imei=second))),)


def instructions_for(order: Order) -> PaymentInstructions:
    return PaymentInstructions(
        order_id=order.id,
        payment_id=derived_id(order.id, "payment"),
        iban="FR7630006000011234567890189",
        bic="AGRIFRPPXXX",
        holder_name="Atelier Nord SARL",
        reference=str(order.number),
        amount_due=24_000,
        currency="EUR",
    )


class FixedRules:
    """One market's rules, whatever the day."""

    def __init__(self, rules: OrderRules = RULES) -> None:
        self.rules = rules

    def in_force(self, market: str, on: object) -> OrderRules:
        return self.rules

    def of_version(self, version: str) -> OrderRules:
        return self.rules

    def all_in_force(self, on: object) -> Sequence[OrderRules]:
        return [self.rules]


class MemoryOrders(MemoryRepository[Order]):
    """Orders in memory; there is nobody to take turns with."""

    def __init__(self, *orders: Order) -> None:
        super().__init__(*orders)
        self.number = 100_000
        self.granted: dict[Id, str | None] = {}

    async def lock(self, id: Id) -> Order | None:
        return await self.find(id)

    async def name_lines(self, order: Order) -> None:
        assert order.award_id is not None
        assert order.lines

    async def next_number(self) -> int:
        self.number += 1
        return self.number

    async def open_holds(self, buyer_id: Id, currency: str, *, besides: Id | None = None) -> OpenHolds:
        mine = [
            order
            for order in self.rows.values()
            if order.buyer_id == buyer_id and order.state in HOLDING and order.id != besides
        ]
        value = sum(order.totals.gross for order in mine if order.totals and order.currency == currency)
        paid = sum(1 for order in self.rows.values() if order.buyer_id == buyer_id and order.secured_at)
        return OpenHolds(
            sum(order.units for order in mine), value, min(paid, PAID_ORDERS_COUNTED), self.granted.get(buyer_id)
        )

    async def holding(self, buyer_id: Id, limit: int) -> Sequence[HoldingOrder]:
        mine = [order for order in self.rows.values() if order.buyer_id == buyer_id and order.state in HOLDING]
        found = sorted(mine, key=lambda order: order.placed_at)[:limit]
        return [HoldingOrder(one.id, one.number, one.units, one.hold and one.hold.until) for one in found]

    async def take_turn_to_spend(self, buyer_id: Id) -> None:
        return None

    async def spent(self, order: Order, month: tuple[datetime, datetime]) -> Spent:
        counted = [
            one
            for one in self.rows.values()
            if (one.buyer_id, one.currency) == (order.buyer_id, order.currency)
            and month[0] <= one.placed_at < month[1]
            and one.id != order.id
            and one.state not in (OrderState.REFUSED, OrderState.CANCELLED_BY_BUYER, OrderState.AUTO_CANCELLED)
        ]

        def value(one: Order) -> int:
            return one.totals.gross if one.totals else one.estimated or 0

        return Spent(
            sum(value(one) for one in counted if one.placed_by and one.placed_by == order.placed_by),
            sum(value(one) for one in counted if one.cost_centre and one.cost_centre == order.cost_centre),
        )


class MemoryTrust:
    """What operators said about buyers, in memory."""

    def __init__(self, orders: MemoryOrders) -> None:
        self.rows: dict[Id, Trust] = {}
        self._orders = orders

    async def find(self, id: Id) -> Trust | None:
        return self.rows.get(id)

    async def keep(self, trust: Trust) -> None:
        self.rows[trust.id] = trust
        self._orders.granted[trust.id] = trust.tier


class MemoryCarts(MemoryRepository[Cart]):
    """Carts in memory; there is nobody to take turns with."""

    async def take_turn(self, buyer_id: Id) -> None:
        """Nobody else is there."""

    async def names(self, buyer_id: Id) -> Mapping[str, Id]:
        return {one.contents.name: one.id for one in self.rows.values() if one.buyer_id == buyer_id}

    async def lock(self, id: Id) -> Cart | None:
        return await self.find(id)

    async def remove(self, id: Id) -> None:
        del self.rows[id]

    async def leave_with(self, order_id: Id) -> None:
        self.rows = {id: one for id, one in self.rows.items() if one.leaves_with != order_id}

    async def note_seen(self, cart_id: Id, seen: Look) -> None:
        self.rows[cart_id] = replace(self.rows[cart_id], seen=seen)


class ToldLooks:
    """Catalog, as far as carts ask it: it knows what it was told, and does not answer before."""

    def __init__(self) -> None:
        self.look: Look | None = None

    async def at(self, cart: Cart) -> Look | None:
        return self.look


def a_cart(*lines: CartLine, **changes: Any) -> Cart:
    chosen = lines or (CartLine(1, derived_id(SELLER, "offer 1"), 2),)
    return replace(
        new_cart(new_id(), BUYER, "fr-pro", CartContents("Phones", chosen, "FR", "EUR"), DEE, NOW), **changes
    )


def a_line_look(
    line_no: int = 1, price: int | None = 10_000, reason: str | None = None, available: int = 9
) -> LineLook:
    """Of the offer that a line of this number has in these tests."""
    offer = derived_id(SELLER, f"offer {line_no}")
    if price is None:
        return LineLook(line_no, offer, available, reason)
    return LineLook(line_no, offer, available, reason, SELLER, "iPhone 13 128 GB", "very_good", "normal", price)


class MemorySellerOrders(MemoryRepository[SellerOrder]):
    """Seller orders in memory."""

    async def of_order(self, order_id: Id) -> Sequence[SellerOrder]:
        found = await self.matching(lambda part: part.order_id == order_id)
        return sorted(found, key=lambda part: part.number)

    async def states_of_order(self, order_id: Id) -> Sequence[SellerOrderState]:
        return [part.state for part in self.rows.values() if part.order_id == order_id]


class MemoryShipments(MemoryRepository[Shipment]):
    """Shipments in memory, with the numbers that have left."""

    def __init__(self, *shipments: Shipment) -> None:
        super().__init__(*shipments)
        self.left: dict[str, Id] = {}

    async def find_parcel(self, carrier: str, tracking_number: str) -> Shipment | None:
        found = await self.matching(lambda one: (one.carrier, one.tracking_number) == (carrier, tracking_number))
        return next((one for one in found if one.state is not ShipmentState.WITHDRAWN), None)

    async def claim_units(self, shipment_id: Id, units: Sequence[Unit]) -> Sequence[str]:
        taken = [unit.number for unit in units if unit.number in self.left]
        self.left.update({unit.number: shipment_id for unit in units if unit.number not in self.left})
        return taken

    async def free_units(self, shipment_id: Id) -> None:
        self.left = {number: id for number, id in self.left.items() if id != shipment_id}


class MemoryUnits:
    """What is known of single devices, in memory; numbers that have left are those of the shipments."""

    def __init__(self, shipments: MemoryShipments) -> None:
        self.records: dict[Id, tuple[int, UnitRecord]] = {}
        self.cases: dict[Id, CaseUnit] = {}
        self._shipments = shipments

    async def keep(self, record: UnitRecord, seq: int) -> None:
        if self.records.get(record.unit_id, (0, record))[0] < seq:
            self.records[record.unit_id] = (seq, record)

    async def with_numbers(self, numbers: Collection[str]) -> Sequence[UnitRecord]:
        return [one for _, one in self.records.values() if one.number in numbers and one.state != "retired"]

    async def remember_case(self, unit: CaseUnit) -> None:
        self.cases.setdefault(unit.case_id, unit)

    async def of_case(self, case_id: Id) -> CaseUnit | None:
        return self.cases.get(case_id)

    async def free(self, number: str, shipment_id: Id) -> None:
        if self._shipments.left.get(number) == shipment_id:
            del self._shipments.left[number]

    async def claim(self, number: str, shipment_id: Id) -> None:
        self._shipments.left.setdefault(number, shipment_id)


class MemoryRecords:
    """History, parties, waiting holds, papers and carriers' messages in memory."""

    def __init__(self, *parties: Party) -> None:
        self.entries: list[HistoryEntry] = []
        self.parties = {party.company_id: party for party in parties}
        self.pending: dict[Id, tuple[HeldStock, list[Id]]] = {}
        self.instructions: dict[Id, PaymentInstructions] = {}
        self.documents: dict[tuple[Id, str], StoredDocument] = {}
        self.messages: dict[Id, CarrierMessage] = {}


class History:
    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    async def append(self, *entries: HistoryEntry) -> None:
        self._records.entries.extend(entries)


class Parties:
    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    async def get_many(self, ids: Any) -> Sequence[Party]:
        return [self._records.parties[id] for id in dict.fromkeys(ids) if id in self._records.parties]

    async def keep(self, party: Party, at: datetime) -> None:
        known = self._records.parties.get(party.company_id)
        if known is None or known.version <= party.version:
            self._records.parties[party.company_id] = party


class Purchasing:
    def __init__(self, *rules: PurchasingRules) -> None:
        self.rules = {one.company_id: one for one in rules}

    async def binding(self, company_id: Id) -> PurchasingRules | None:
        found = self.rules.get(company_id)
        return found if found is not None and found.bind else None

    async def of(self, company_id: Id) -> PurchasingRules | None:
        return self.rules.get(company_id)

    async def keep(self, rules: PurchasingRules, at: datetime) -> None:
        self.rules[rules.company_id] = rules


class PendingHolds:
    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    async def keep(self, held: HeldStock, missing: Sequence[Id]) -> None:
        self._records.pending[held.order_id] = (held, list(missing))

    async def waiting_for(self, company_id: Id) -> Sequence[HeldStock]:
        return [held for held, missing in self._records.pending.values() if company_id in missing]

    async def drop(self, order_id: Id) -> None:
        self._records.pending.pop(order_id, None)


class Papers:
    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    async def keep_instructions(self, instructions: PaymentInstructions) -> None:
        self._records.instructions.setdefault(instructions.order_id, instructions)

    async def instructions_of(self, order_id: Id) -> PaymentInstructions | None:
        return self._records.instructions.get(order_id)

    async def keep_document(self, document: StoredDocument) -> None:
        assert (document.order_id, document.kind) not in self._records.documents, "a document is never replaced"
        self._records.documents[document.order_id, document.kind] = document

    async def has_document(self, order_id: Id, kind: str) -> bool:
        return (order_id, kind) in self._records.documents


class CarrierMessages:
    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    async def take_turn(self, carrier: str, tracking_number: str) -> None:
        return None

    async def keep(self, message: CarrierMessage) -> bool:
        return self._records.messages.setdefault(message.id, message) is message

    async def find(self, id: Id) -> CarrierMessage | None:
        return self._records.messages.get(id)

    async def unmatched(self, carrier: str, tracking_number: str) -> Sequence[CarrierMessage]:
        return [
            one
            for one in self._records.messages.values()
            if (one.state, one.carrier, one.tracking_number) == ("unmatched", carrier, tracking_number)
        ]

    async def scans_of(self, shipment_id: Id) -> Sequence[CarrierMessage]:
        return [one for one in self._records.messages.values() if one.shipment_id == shipment_id]

    async def settle(self, id: Id, state: str, shipment_id: Id | None) -> None:
        self._records.messages[id] = replace(self._records.messages[id], state=state, shipment_id=shipment_id)


class MemoryOrdersUnitOfWork(MemoryUnitOfWork):
    """Everything a use case may touch, in memory."""

    def __init__(
        self,
        *orders: Order,
        parts: Sequence[SellerOrder] = (),
        shipments: Sequence[Shipment] = (),
        parties: Sequence[Party] = (),
        rules: OrderRules = RULES,
        own_rules: Sequence[PurchasingRules] = (),
        carts: Sequence[Cart] = (),
        ring: Callable[[Id], None] | None = None,
    ) -> None:
        super().__init__()
        self.records = MemoryRecords(*parties)
        self.orders = MemoryOrders(*orders)
        self.seller_orders = MemorySellerOrders(*parts)
        self.shipments = MemoryShipments(*shipments)
        self.units = MemoryUnits(self.shipments)
        self.history = History(self.records)
        self.parties = Parties(self.records)
        self.purchasing = Purchasing(*own_rules)
        self.trust = MemoryTrust(self.orders)
        self.carts = MemoryCarts(*carts)
        self.pending_holds = PendingHolds(self.records)
        self.papers = Papers(self.records)
        self.carrier_messages = CarrierMessages(self.records)
        self.rules = FixedRules(rules)
        self.rung: list[Id] = []

    def ring(self, order_id: Id) -> None:
        self.rung.append(order_id)

    def moves(self) -> list[str]:
        """The story so far."""
        return [entry.move for entry in self.records.entries]
