"""Things the tests talk about, with defaults: only the telling values stand in a test."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from aftersales.clients.market_files import MarketFiles
from aftersales.domain.case import Case, CaseState, Complaint, Defect, Impossible, Remedy, new_case
from aftersales.domain.case_rules import CaseRules, case_rules_of
from aftersales.domain.coverage import Coverage, CoverageState, new_coverage
from aftersales.domain.errors import CaseNotFound, CoverageNotFound, ShipmentNotFound
from aftersales.domain.policies import CoverageRules, rules_of
from aftersales.domain.return_place import ReturnPlace, ReturnPlaces
from aftersales.domain.shipment import Shipment, ShippedLine
from aftersales.domain.warranty import SoldLine
from aftersales.messaging.inbound import SELLER_ORDER, SHIPMENT
from chassis.kafka.envelope import Message, encode, headers_of, parse
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id, new_id
from chassis.policy_files import load_markets
from chassis.testing.memory import MemoryRepository, MemoryUnitOfWork

MARKETS = load_markets(Path(__file__).parents[3] / "markets")
MARKET_FILES = MarketFiles(MARKETS)

# A Friday at eleven in Paris. Three business days later it is Wednesday the 25th, whose midnight in Paris is 23:00 UTC.
DELIVERED = datetime(2026, 11, 20, 10, tzinfo=UTC)
CLAIM_UNTIL = datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC)
CLOSES_AT = datetime(2026, 11, 25, 23, tzinfo=UTC)
IN_A_YEAR = datetime(2027, 11, 20, 22, 59, 59, tzinfo=UTC)
IN_TWO_YEARS = datetime(2028, 11, 20, 22, 59, 59, tzinfo=UTC)

IMEI = "356938035643809"
SERIAL = "C02XK1ZZJGH5"


def the_rules(market: str = "fr-pro") -> CoverageRules:
    """What the shipped files say."""
    return rules_of(MARKETS.pack(market, date(2026, 11, 20)))


def a_shipment(*, market: str = "fr-pro", to: str = "FR", **differences: Any) -> Shipment:
    """A parcel with a phone on line 1 and a laptop on line 2."""
    shipment = Shipment(
        id=new_id(),
        seller_order_id=new_id(),
        order_id=new_id(),
        seller_id=new_id(),
        buyer_id=new_id(),
        market=market,
        policy_version=the_rules(market).version,
        delivery_country=to,
        lines=(ShippedLine(1, (IMEI,)), ShippedLine(2, (SERIAL,))),
    )
    return replace(shipment, **differences)


# The phone's offer promised two years, the laptop's nothing of its own.
SOLD = (SoldLine(1, 24, category="smartphone", grade="good"), SoldLine(2, None))


def a_coverage(
    state: CoverageState = CoverageState.OPEN,
    *,
    shipment: Shipment | None = None,
    sold: Sequence[SoldLine] = SOLD,
    delivered_at: datetime = DELIVERED,
) -> Coverage:
    """The coverage of a delivered parcel, in a state."""
    shipment = shipment or a_shipment()
    coverage, _ = new_coverage(shipment, delivered_at, the_rules(shipment.market), sold)
    if state is CoverageState.CLAIM_WINDOW_CLOSED:
        coverage, _ = coverage.close_claim_window(coverage.windows.closes_at)
    return coverage


class MemoryCoverages(MemoryRepository[Coverage]):
    """Coverages in memory."""

    async def of_seller_order(self, seller_order_id: Id) -> Sequence[Coverage]:
        return await self.matching(lambda coverage: coverage.seller_order_id == seller_order_id)

    async def of_order(self, order_id: Id) -> Sequence[Coverage]:
        return await self.matching(lambda coverage: coverage.order_id == order_id)


def the_case_rules(market: str = "fr-pro") -> CaseRules:
    """What the shipped files say about cases."""
    return case_rules_of(MARKETS.pack(market, date(2026, 11, 20)))


# The phone dies forty days after its delivery: a Wednesday at nine in Paris.
BROKEN = datetime(2026, 12, 30, 8, tzinfo=UTC)


def a_case(state: CaseState = CaseState.AUTHORISED, *, market: str = "fr-pro", at: datetime = BROKEN) -> Case:
    """The case of a phone, in a state, by the shortest way there."""
    coverage = a_coverage(shipment=a_shipment(market=market))
    complaint = Complaint(IMEI, Defect.DOES_NOT_START, "Black since this morning")
    rules = the_case_rules(market)
    case, _ = new_case(new_id(), complaint, (coverage, coverage.lines[0], IMEI), "FR", None, rules, at)
    if state is CaseState.REQUESTED:
        return case
    case, _ = case.authorise(rules, at)
    way = WAYS[state]
    for step in way:
        case, _ = step(case, rules, at)
    assert case.state is state
    return case


Step = Callable[[Case, CaseRules, datetime], tuple[Case, Any]]


def _receive(case: Case, rules: CaseRules, at: datetime) -> tuple[Case, Any]:
    return case.receive(rules, at)


def _confirm(case: Case, rules: CaseRules, at: datetime) -> tuple[Case, Any]:
    return case.confirm_defect(rules, at)


def _repair(case: Case, rules: CaseRules, at: datetime) -> tuple[Case, Any]:
    return case.choose(Remedy.REPAIR, rules, at)


def _replace(case: Case, rules: CaseRules, at: datetime) -> tuple[Case, Any]:
    return case.choose(Remedy.REPLACEMENT, rules, at)


def _give_up(case: Case, rules: CaseRules, at: datetime) -> tuple[Case, Any]:
    return case.give_up(Impossible.NO_PART, at)


WAYS: dict[CaseState, list[Step]] = {
    CaseState.AUTHORISED: [],
    CaseState.IN_TRANSIT: [lambda case, rules, at: case.send("RET1", at)],
    CaseState.RECEIVED: [_receive],
    CaseState.ON_HOLD: [_receive, lambda case, rules, at: case.hold(at)],
    CaseState.INSPECTED: [_receive, _confirm],
    CaseState.REPAIRING: [_receive, _confirm, _repair],
    CaseState.REPLACING: [_receive, _confirm, _replace],
    CaseState.REFUNDING: [_receive, _confirm, _give_up],
    CaseState.RESOLVED: [_receive, _confirm, _repair, lambda case, rules, at: case.resolve("BACK1", None, at)],
    CaseState.REFUNDED: [_receive, _confirm, _give_up, lambda case, rules, at: case.refund(at)],
    CaseState.REJECTED: [_receive, lambda case, rules, at: case.exclude("oxidation", at)],
    CaseState.WITHDRAWN: [lambda case, rules, at: case.withdraw(at)],
    CaseState.EXPIRED: [lambda case, rules, at: case.expire(at)],
    CaseState.NO_FAULT: [_receive, lambda case, rules, at: case.find_no_fault(rules, at)],
}


def every_case_event() -> list[DomainEvent]:
    """One of each fact of a case, with and without what may be absent."""
    rules, dk = the_case_rules(), the_case_rules("dk-shop")
    requested = a_case(CaseState.REQUESTED)
    replacing = a_case(CaseState.REPLACING)
    return [
        requested.opened(),
        requested.authorise(rules, BROKEN)[1],
        a_case().send("RET1", BROKEN)[1],
        a_case().withdraw(BROKEN)[1],
        a_case().expire(BROKEN)[1],
        a_case().receive(rules, BROKEN)[1],
        a_case(CaseState.RECEIVED).hold(BROKEN)[1],
        a_case(CaseState.RECEIVED).confirm_defect(rules, BROKEN)[1],
        a_case(CaseState.RECEIVED).find_no_fault(rules, BROKEN)[1],
        a_case(CaseState.RECEIVED, market="dk-shop").find_no_fault(dk, BROKEN)[1],
        a_case(CaseState.RECEIVED).exclude("oxidation", BROKEN)[1],
        a_case(CaseState.INSPECTED).choose(Remedy.REPAIR, rules, BROKEN)[1],
        a_case(CaseState.REPAIRING).resolve("BACK1", None, BROKEN)[1],
        replacing.resolve("BACK1", SERIAL, BROKEN)[1],
        replacing.resolve("BACK1", IMEI, BROKEN)[1],
        a_case(CaseState.INSPECTED).give_up(Impossible.NO_STOCK, BROKEN)[1],
        a_case(CaseState.REFUNDING).refund(BROKEN)[1],
    ]


class MemoryCases(MemoryRepository[Case]):
    """Cases in memory."""

    async def of_unit(self, shipment_id: Id, invoiced_unit: str) -> Sequence[Case]:
        return await self.matching(lambda one: (one.shipment_id, one.invoiced_unit) == (shipment_id, invoiced_unit))

    async def replaced_by(self, order_id: Id, unit: str) -> Sequence[Case]:
        return await self.matching(lambda one: (one.order_id, one.replacement_unit) == (order_id, unit))

    async def open_of_shipment(self, shipment_id: Id) -> Sequence[Case]:
        return await self.matching(lambda one: one.shipment_id == shipment_id and one.is_open)

    async def without_place(self, seller_id: Id) -> Sequence[Case]:
        return await self.matching(lambda one: one.seller_id == seller_id and one.is_open and one.return_to is None)

    async def give_place(self, case_id: Id, place: ReturnPlace) -> None:
        self.rows[case_id] = replace(self.rows[case_id], return_to=place)


class MemorySellers:
    """The newest version stays."""

    def __init__(self) -> None:
        self.rows: dict[Id, ReturnPlaces] = {}

    async def find(self, seller_id: Id) -> ReturnPlaces | None:
        return self.rows.get(seller_id)

    async def keep(self, places: ReturnPlaces) -> None:
        before = self.rows.get(places.seller_id)
        if before is None or before.version <= places.version:
            self.rows[places.seller_id] = places


class MemoryShipments:
    """Written once, never changed."""

    def __init__(self, *shipments: Shipment) -> None:
        self.rows = {shipment.id: shipment for shipment in shipments}

    async def get(self, id: Id) -> Shipment:
        if id not in self.rows:
            raise ShipmentNotFound
        return self.rows[id]

    async def of_order(self, order_id: Id) -> Sequence[Shipment]:
        return [one for one in self.rows.values() if one.order_id == order_id]

    async def add(self, shipment: Shipment) -> None:
        self.rows.setdefault(shipment.id, shipment)


class MemorySoldLines:
    """Written once, never changed."""

    def __init__(self) -> None:
        self.rows: dict[Id, dict[int, SoldLine]] = {}

    async def of(self, seller_order_id: Id) -> Sequence[SoldLine]:
        return list(self.rows.get(seller_order_id, {}).values())

    async def add(self, seller_order_id: Id, lines: Sequence[SoldLine]) -> None:
        for line in lines:
            self.rows.setdefault(seller_order_id, {}).setdefault(line.line_no, line)


class FakeUnitOfWork(MemoryUnitOfWork):
    """What a use case works with, without a database."""

    def __init__(self, *coverages: Coverage, shipments: Sequence[Shipment] = ()) -> None:
        super().__init__()
        self.cases = MemoryCases(not_found=CaseNotFound)
        self.coverages = MemoryCoverages(*coverages, not_found=CoverageNotFound)
        self.shipments = MemoryShipments(*shipments)
        self.sold_lines = MemorySoldLines()
        self.sellers = MemorySellers()

    async def lock(self, key: Id) -> None:
        """Nobody else is here."""


def a_message(topic: str, what: str, key: Id, seq: int, data: dict[str, Any]) -> Message:
    """An event as it comes from the broker, through the real envelope."""
    headers = headers_of(
        event_id=new_id(),
        type=f"{topic}.{what}.v1",
        source=topic.partition(".")[0],
        seq=seq,
        occurred_at=DELIVERED,
        traceparent=None,
        cause_id=None,
    )
    return parse(topic=topic, partition=0, offset=seq, key=str(key).encode(), headers=headers, body=encode(data))


def dispatched(shipment: Shipment) -> Message:
    """`orders.shipment.dispatched`, with more in it than this service reads."""
    ids = {name: str(getattr(shipment, name)) for name in ("seller_order_id", "order_id", "seller_id", "buyer_id")}
    data = {
        **ids,
        "shipment_id": str(shipment.id),
        "market": shipment.market,
        "policy_version": shipment.policy_version,
        "carrier": "ups",
        "tracking_number": "1Z999AA10123456784",
        "dispatched_at": "2026-11-18T09:00:00Z",
        "delivery_country": shipment.delivery_country,
        "lines": [
            {"line_no": 1, "units": [{"imei": IMEI}]},
            {"line_no": 2, "units": [{"imei": None, "serial": SERIAL}]},
        ],
    }
    return a_message(SHIPMENT, "dispatched", shipment.id, 1, data)


def delivered(shipment: Shipment) -> Message:
    """`orders.shipment.delivered`."""
    data = {
        "shipment_id": str(shipment.id),
        "seller_order_id": str(shipment.seller_order_id),
        "order_id": str(shipment.order_id),
        "delivered_at": "2026-11-20T10:00:00Z",
    }
    return a_message(SHIPMENT, "delivered", shipment.id, 2, data)


def opened(shipment: Shipment) -> Message:
    """`orders.seller_order.opened` of the parcel's seller order; the second line says nothing about warranty."""
    data = {
        "seller_order_id": str(shipment.seller_order_id),
        "order_id": str(shipment.order_id),
        "number": "100042-1",
        "lines": [
            {"line_no": 1, "sku": "IP13-128", "warranty_months": 24, "category": "smartphone", "grade": "good"},
            {"line_no": 2, "sku": "MBA-M1"},
        ],
    }
    return a_message(SELLER_ORDER, "opened", shipment.seller_order_id, 1, data)
