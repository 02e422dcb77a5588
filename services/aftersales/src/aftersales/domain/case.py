"""A case: one device that its buyer sends back, from the first word to the repaired device or the money."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from aftersales.domain import events
from aftersales.domain.case_rules import CaseRules, Fee
from aftersales.domain.coverage import Coverage
from aftersales.domain.days import days_after
from aftersales.domain.errors import CaseMoveRefused, NotInWarranty, RemedyNotOffered, WarrantyNotKnownYet
from aftersales.domain.return_place import ReturnPlace
from aftersales.domain.warranty import CoveredLine
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class CaseKind(StrEnum):
    """Why a device comes back. Each kind has its own conditions to be authorised; the way after that is the same."""

    WARRANTY = "warranty"


class CaseState(StrEnum):
    """Sections 1.11 and 1.13 of the rules: the way back, the look at the device, the remedy."""

    REQUESTED = "requested"
    AUTHORISED = "authorised"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    ON_HOLD = "on_hold"
    INSPECTED = "inspected"
    REPAIRING = "repairing"
    REPLACING = "replacing"
    REFUNDING = "refunding"
    RESOLVED = "resolved"
    REFUNDED = "refunded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NO_FAULT = "no_fault"


class Remedy(StrEnum):
    """What a seller may try before money goes back."""

    REPAIR = "repair"
    REPLACEMENT = "replacement"


class Defect(StrEnum):
    """What the buyer says is wrong; the words beside it stay in the database."""

    DOES_NOT_START = "does_not_start"
    SCREEN = "screen"
    BATTERY = "battery"
    CHARGING = "charging"
    CAMERA = "camera"
    SOUND = "sound"
    CONNECTION = "connection"
    KEYS = "keys"
    OTHER = "other"


class Impossible(StrEnum):
    """Why neither a repair nor a replacement is possible; `too_late` is said by the platform."""

    NO_PART = "no_part"
    NO_STOCK = "no_stock"
    CANNOT_REPAIR = "cannot_repair"
    TOO_LATE = "too_late"


S = CaseState
_WITH_BUYER = (S.AUTHORISED, S.IN_TRANSIT)
_AT_BENCH = (S.RECEIVED, S.ON_HOLD)
_FIXING = (S.INSPECTED, S.REPAIRING, S.REPLACING)

MOVES = StateTable(
    {
        ("authorise", S.REQUESTED): S.AUTHORISED,
        ("send", S.AUTHORISED): S.IN_TRANSIT,
        **{("withdraw", state): S.WITHDRAWN for state in _WITH_BUYER},
        ("expire", S.AUTHORISED): S.EXPIRED,
        # Nobody has to tell the platform of a parcel before it arrives.
        **{("receive", state): S.RECEIVED for state in _WITH_BUYER},
        ("hold", S.RECEIVED): S.ON_HOLD,
        **{("confirm_defect", state): S.INSPECTED for state in _AT_BENCH},
        **{("find_no_fault", state): S.NO_FAULT for state in _AT_BENCH},
        **{("exclude", state): S.REJECTED for state in _AT_BENCH},
        # A repair that fails may be followed by a replacement.
        **{("repair", state): S.REPAIRING for state in (S.INSPECTED, S.REPLACING)},
        **{("replace", state): S.REPLACING for state in (S.INSPECTED, S.REPAIRING)},
        **{("resolve", state): S.RESOLVED for state in (S.REPAIRING, S.REPLACING)},
        **{("give_up", state): S.REFUNDING for state in _FIXING},
        # The seller's days are over, whatever it was doing; a locked device stops the clock.
        **{("run_out", state): S.REFUNDING for state in (S.RECEIVED, *_FIXING)},
        ("refund", S.REFUNDING): S.REFUNDED,
    },
    CaseMoveRefused,
)

# While a case is in none of these, its parcel's claim window stays open and no second case of the device begins.
ENDED = frozenset({S.RESOLVED, S.REFUNDED, S.REJECTED, S.WITHDRAWN, S.EXPIRED, S.NO_FAULT})


@dataclass(frozen=True)
class Case:
    """`rma` is what the buyer writes on the parcel. All deadlines are frozen, in UTC; each `…_until` is the last second.

    `unit` is the device that broke, `invoiced_unit` the one on the invoice: they differ where it was replaced before.
    `description` is the buyer's own words and never leaves the database but to the parties of the case.
    """

    id: Id
    version: int
    kind: CaseKind
    state: CaseState
    rma: str
    order_id: Id
    seller_order_id: Id
    shipment_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    delivery_country: str
    ship_from: str | None
    line_no: int
    unit: str
    invoiced_unit: str
    defect: Defect
    description: str
    opened_at: datetime
    updated_at: datetime
    warranty_until: datetime
    send_until: datetime
    calendar_version: str
    checklist: tuple[str, ...] = ()
    return_tracking: str | None = None
    received_at: datetime | None = None
    remedy_until: datetime | None = None
    remedy: Remedy | None = None
    exclusion: str | None = None
    fee: Fee | None = None
    replacement_unit: str | None = None
    shipped_back: str | None = None
    refund_reason: Impossible | None = None
    ended_at: datetime | None = None
    # Where the parcel goes: the seller's own place for the country that the device came from, frozen with the case.
    return_to: ReturnPlace | None = None

    @property
    def is_open(self) -> bool:
        """Whether it holds back the seller's money."""
        return self.state not in ENDED

    def authorise(self, rules: CaseRules, now: datetime) -> tuple["Case", events.CaseAuthorised]:
        """The device is covered: the buyer gets its number and what to do before it sends the parcel."""
        after = self._after("authorise", now, checklist=rules.checklist)
        return after, events.CaseAuthorised(
            **after._named(), rma=after.rma, checklist=after.checklist, send_until=after.send_until
        )

    def send(self, tracking: str, now: datetime) -> tuple["Case", events.CaseSent]:
        """The buyer handed the parcel over."""
        after = self._after("send", now, return_tracking=tracking)
        return after, events.CaseSent(**after._named())

    def withdraw(self, now: datetime) -> tuple["Case", events.CaseWithdrawn]:
        """The buyer keeps the device."""
        after = self._after("withdraw", now, ended_at=now)
        return after, events.CaseWithdrawn(**after._named())

    def expire(self, now: datetime) -> tuple["Case", events.CaseExpired]:
        """The parcel was never sent."""
        after = self._after("expire", now, ended_at=now)
        return after, events.CaseExpired(**after._named())

    def receive(self, rules: CaseRules, now: datetime) -> tuple["Case", events.CaseReceived]:
        """The device is with the seller: its days for a remedy begin."""
        until = rules.remedy_deadline(self.place, now)
        after = self._after(
            "receive", now, received_at=now, remedy_until=until.due_at, calendar_version=until.calendar_version
        )
        return after, events.CaseReceived(**after._named(), received_at=now, remedy_until=until.due_at)

    def hold(self, now: datetime) -> tuple["Case", events.CaseOnHold]:
        """An account lock was found: nothing can be tested until the buyer removes it, and the seller's days stand still."""
        after = self._after("hold", now, remedy_until=None)
        return after, events.CaseOnHold(**after._named())

    def confirm_defect(self, rules: CaseRules, now: datetime) -> tuple["Case", events.CaseInspected]:
        """The device is broken, as the buyer said. After a hold the seller's days begin anew."""
        until = self.remedy_until
        changes: dict[str, Any] = {}
        if until is None:
            deadline = rules.remedy_deadline(self.place, now)
            until = deadline.due_at
            changes = {"remedy_until": until, "calendar_version": deadline.calendar_version}
        after = self._after("confirm_defect", now, **changes)
        return after, events.CaseInspected(**after._named(), remedy_until=until)

    def find_no_fault(self, rules: CaseRules, now: datetime) -> tuple["Case", events.CaseClosed]:
        """The tests are clean: the device goes back, in some markets for a fee."""
        after = self._after("find_no_fault", now, fee=rules.no_fault_fee, ended_at=now)
        return after, events.CaseClosed(**after._named(), fee=after.fee)

    def exclude(self, exclusion: str, now: datetime) -> tuple["Case", events.CaseRejected]:
        """The defect is one that the warranty does not cover; `exclusion` is one of the market's (I4)."""
        after = self._after("exclude", now, exclusion=exclusion, ended_at=now)
        return after, events.CaseRejected(**after._named(), reason=exclusion)

    def choose(self, remedy: Remedy, rules: CaseRules, now: datetime) -> tuple["Case", events.CaseRemedyChosen]:
        """The seller repairs or replaces, as far as the market offers it."""
        move = "repair" if remedy is Remedy.REPAIR else "replace"
        MOVES.after(move, self.state)
        if remedy not in rules.remedies:
            raise RemedyNotOffered(remedy=str(remedy), offered=sorted(rules.remedies))
        after = self._after(move, now, remedy=remedy)
        return after, events.CaseRemedyChosen(**after._named(), remedy=str(remedy))

    def resolve(
        self, shipped_back: str, replacement_unit: str | None, now: datetime
    ) -> tuple["Case", events.CaseResolved]:
        """A working device is on its way to the buyer. A replacement takes the unexpired rest of the warranty."""
        after = self._after("resolve", now, shipped_back=shipped_back, replacement_unit=replacement_unit, ended_at=now)
        return after, events.CaseResolved(**after._named(), remedy=str(after.remedy), replacement_unit=replacement_unit)

    def give_up(self, reason: Impossible, now: datetime) -> tuple["Case", events.CaseRefundDue]:
        """The seller can neither repair nor replace it: the money goes back."""
        return self._refunding("give_up", reason, now)

    def run_out(self, now: datetime) -> tuple["Case", events.CaseRefundDue]:
        """The seller's days are over."""
        return self._refunding("run_out", Impossible.TOO_LATE, now)

    def refund(self, now: datetime) -> tuple["Case", events.CaseRefunded]:
        """The buyer has the money."""
        after = self._after("refund", now, ended_at=now)
        return after, events.CaseRefunded(**after._named())

    @property
    def place(self) -> str:
        """Whose calendar counts the seller's days: where it ships from, or else where the device was delivered."""
        return self.ship_from or self.delivery_country

    def opened(self) -> events.CaseOpened:
        """The fact that goes with its first version."""
        return events.CaseOpened(
            **self._named(),
            kind=str(self.kind),
            market=self.market,
            policy_version=self.policy_version,
            defect=str(self.defect),
            unit=self.unit,
            line_no=self.line_no,
            warranty_until=self.warranty_until,
        )

    def _refunding(self, move: str, reason: Impossible, now: datetime) -> tuple["Case", events.CaseRefundDue]:
        after = self._after(move, now, refund_reason=reason)
        return after, events.CaseRefundDue(
            **after._named(),
            market=after.market,
            policy_version=after.policy_version,
            reason=str(reason),
            line_no=after.line_no,
            unit=after.invoiced_unit,
        )

    def _after(self, move: str, now: datetime, **changes: Any) -> "Case":
        state = MOVES.after(move, self.state)
        return replace(self, version=self.version + 1, state=state, updated_at=now, **changes)

    def _named(self) -> dict[str, Any]:
        return {
            "aggregate_id": self.id,
            "seq": self.version,
            "order_id": self.order_id,
            "seller_order_id": self.seller_order_id,
            "shipment_id": self.shipment_id,
            "seller_id": self.seller_id,
            "buyer_id": self.buyer_id,
        }


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the buyer says: which device (the one on the invoice, or what replaced it), and what is wrong with it."""

    unit: str
    defect: Defect
    description: str


def new_case(
    id: Id,
    complaint: Complaint,
    covered: tuple[Coverage, CoveredLine, str],
    ship_from: str | None,
    return_to: ReturnPlace | None,
    rules: CaseRules,
    now: datetime,
) -> tuple[Case, events.CaseOpened]:
    """A warranty case. `covered` is the parcel, its line and the device on the invoice. Raises NotInWarranty by frozen dates."""
    coverage, line, invoiced_unit = covered
    if line.warranty_until is None:
        raise WarrantyNotKnownYet(unit=complaint.unit)
    if now > line.warranty_until:
        raise NotInWarranty(unit=complaint.unit, warranty_until=line.warranty_until.isoformat())
    send = days_after(rules.calendar_of(coverage.delivery_country), now, rules.send_back_days)
    case = Case(
        id=id,
        version=1,
        kind=CaseKind.WARRANTY,
        state=CaseState.REQUESTED,
        rma=rma_of(id),
        order_id=coverage.order_id,
        seller_order_id=coverage.seller_order_id,
        shipment_id=coverage.id,
        seller_id=coverage.seller_id,
        buyer_id=coverage.buyer_id,
        market=coverage.market,
        policy_version=coverage.policy_version,
        delivery_country=coverage.delivery_country,
        ship_from=ship_from,
        return_to=return_to,
        line_no=line.line_no,
        unit=complaint.unit,
        invoiced_unit=invoiced_unit,
        defect=complaint.defect,
        description=complaint.description,
        opened_at=now,
        updated_at=now,
        warranty_until=line.warranty_until,
        send_until=send.due_at,
        calendar_version=send.calendar_version,
    )
    return case, case.opened()


# Without letters that are taken for digits on a handwritten parcel.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def rma_of(case_id: Id) -> str:
    """`RMA-7K3F-92QD`: 40 bits of the case's id, for people. The database refuses a second one."""
    number = int.from_bytes(hashlib.sha256(case_id.bytes).digest()[:5], "big")
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    return f"RMA-{letters[:4]}-{letters[4:]}"


def find_unit(unit: str, coverages: Mapping[Id, Coverage]) -> tuple[Coverage, CoveredLine] | None:
    """The parcel and the line that a device came in."""
    for coverage in coverages.values():
        for line in coverage.lines:
            if unit in line.units:
                return coverage, line
    return None
