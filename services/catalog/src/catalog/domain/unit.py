"""Passports: what is known about one device, from the bench to its buyer and perhaps back again."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from catalog.domain.errors import LineProblem
from catalog.domain.product import WITH_BATTERY, Category
from catalog.domain.unit_errors import UnitMoveRefused, number_wrong
from catalog.domain.unit_events import UnitEvent
from chassis.kernel.ids import Id, new_id
from chassis.kernel.numbers import (
    ImeiInvalid,
    SerialNumberInvalid,
    check_imei,
    check_serial_number,
)
from chassis.kernel.state import StateTable

# Clocks of two machines may differ a little.
FUTURE_MAX = timedelta(minutes=5)
# 128 bits: nobody finds a passport by trying.
_CODE_BYTES = 16
_MASKED = 4


class UnitState(StrEnum):
    """Where the device is: at its seller, with a buyer, on the seller's bench for a case, back for good, or gone."""

    IN_STOCK = "in_stock"
    SHIPPED = "shipped"
    IN_REPAIR = "in_repair"
    RETURNED = "returned"
    RETIRED = "retired"


S = UnitState
_AT_SELLER = (S.IN_STOCK, S.IN_REPAIR, S.RETURNED)

MOVES = StateTable(
    {
        **{("describe", state): state for state in _AT_SELLER},
        ("ship", S.IN_STOCK): S.SHIPPED,
        ("receive", S.SHIPPED): S.IN_REPAIR,
        ("send_back", S.IN_REPAIR): S.SHIPPED,
        # The money went back or another device went out: this one is the seller's again, looked at or not.
        ("give_back", S.IN_REPAIR): S.RETURNED,
        ("give_back", S.SHIPPED): S.RETURNED,
        ("restock", S.RETURNED): S.IN_STOCK,
        ("retire", S.IN_STOCK): S.RETIRED,
        ("retire", S.RETURNED): S.RETIRED,
    },
    UnitMoveRefused,
)
# What a move is called once it has happened.
_TOLD = {
    "describe": "described",
    "ship": "shipped",
    "receive": "received",
    "send_back": "sent_back",
    "give_back": "returned",
    "restock": "restocked",
    "retire": "retired",
}


class Diagnostic(NamedTuple):
    """One test of the device."""

    test: str
    result: Literal["pass", "fail", "not_tested"]
    at: datetime


class ReplacedPart(NamedTuple):
    """A part that is not the one the device was built with; `original` is the maker's own."""

    part: str
    kind: Literal["original", "compatible"]


class Erasure(NamedTuple):
    """How the data of its last owner was erased; the certificate itself stays with the seller, its SHA-256 is shown."""

    standard: str
    certificate_sha256: str
    at: datetime
    tool: str


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What the seller says about a device."""

    sku: str
    grade: str
    battery_health_percent: int | None = None
    battery_cycles: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    replaced_parts: tuple[ReplacedPart, ...] = ()
    erasure: Erasure | None = None


@dataclass(frozen=True, slots=True)
class UnitPatch:
    """A line of a push: what is None was not sent and stays as it is; lists replace the whole list."""

    imei: str | None = None
    serial: str | None = None
    sku: str | None = None
    grade: str | None = None
    battery_health_percent: int | None = None
    battery_cycles: int | None = None
    diagnostics: tuple[Diagnostic, ...] | None = None
    replaced_parts: tuple[ReplacedPart, ...] | None = None
    erasure: Erasure | None = None
    state: Literal["in_stock", "retired"] | None = None

    @property
    def number(self) -> str:
        """What the device is recognised by."""
        return (self.imei or self.serial or "").upper()

    def facts(self) -> dict[str, Any]:
        """What was sent about it."""
        return {one.name: value for one in fields(UnitFacts) if (value := getattr(self, one.name)) is not None}


class UnitChange(NamedTuple):
    """One entry of a passport's history: a fact changed from and to, or where the device went."""

    what: str
    at: datetime
    version: int
    changes: Mapping[str, Any]


class UnitOffer(NamedTuple):
    """The offer that a unit is one of."""

    id: Id
    sku: str
    category: Category
    markets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """The passport of one device: either its IMEI or its maker's serial number is known. `check_code` is the public way to it
    and says nothing about the device."""

    id: Id
    version: int
    seller_id: Id
    offer_id: Id
    imei: str | None
    serial: str | None
    facts: UnitFacts
    state: UnitState
    check_code: str

    @property
    def number(self) -> str:
        """The number under which the device is unique; case does not tell devices apart."""
        return (self.imei or self.serial or "").upper()

    @property
    def masked_number(self) -> str:
        """Enough to compare with what is printed on the device, too little to make a copy."""
        return "•" * (len(self.number) - _MASKED) + self.number[-_MASKED:]

    def move(self, move: str) -> tuple["Unit", UnitEvent]:
        """The device went somewhere."""
        after = replace(self, version=self.version + 1, state=MOVES.after(move, self.state))
        return after, after.told(_TOLD[move])

    def describe(self, facts: UnitFacts, offer_id: Id) -> tuple["Unit", UnitEvent]:
        """The seller knows more about it, or better."""
        after = replace(
            self, version=self.version + 1, facts=facts, offer_id=offer_id, state=MOVES.after("describe", self.state)
        )
        return after, after.told("described")

    def told(self, name: str) -> UnitEvent:
        """The fact that goes with this version."""
        return UnitEvent(
            aggregate_id=self.id,
            seq=self.version,
            name=name,
            seller_id=self.seller_id,
            offer_id=self.offer_id,
            sku=self.facts.sku,
            imei=self.imei,
            serial=self.serial,
            grade=self.facts.grade,
            battery_health_percent=self.facts.battery_health_percent,
            state=str(self.state),
        )


def new_unit(patch: UnitPatch, seller_id: Id, offer: UnitOffer) -> Unit:
    """A passport from the first line of its device, which must say SKU and grade."""
    return Unit(
        id=new_id(),
        version=1,
        seller_id=seller_id,
        offer_id=offer.id,
        imei=patch.imei,
        serial=patch.serial,
        facts=UnitFacts(**{**patch.facts(), "sku": offer.sku}),
        state=S.IN_STOCK,
        check_code=secrets.token_hex(_CODE_BYTES),
    )


def checked_number(imei: str | None, serial: str | None) -> tuple[str | None, str | None, LineProblem | None]:
    """Both numbers as they are kept, or what is wrong with them; exactly one must be given."""
    if (imei is None) == (serial is None):
        detail = "either imei or serial names the device"
        return (
            imei,
            serial,
            number_wrong("/imei", "unit_number_missing", "A device needs its IMEI or its serial", detail),
        )
    try:
        if imei is not None:
            return check_imei(imei), None, None
        return None, check_serial_number(serial or "").upper(), None
    except ImeiInvalid as wrong:
        detail = "fifteen digits, the last one a Luhn check digit"
        return imei, None, number_wrong("/imei", wrong.code, wrong.title, detail)
    except SerialNumberInvalid as wrong:
        detail = "5 to 50 letters, digits, / or -"
        return None, serial, number_wrong("/serial", wrong.code, wrong.title, detail)


def faults_in(
    facts: UnitFacts, offer: UnitOffer, without_grade: Sequence[str], now: datetime
) -> Iterator[dict[str, Any]]:
    """What contradicts the offer, its markets or the clock. `without_grade` are markets of the offer that have no such grade."""
    for market in without_grade:
        detail = f"{market} has no grade {facts.grade}"
        yield {"pointer": "/grade", "detail": detail, "code": "grade_unknown", "rule": "grades.scale", "market": market}
    if offer.category not in WITH_BATTERY:
        for name in ("battery_health_percent", "battery_cycles"):
            if getattr(facts, name) is not None:
                yield {"pointer": f"/{name}", "detail": f"a {offer.category} has no battery", "code": "no_battery"}
    late = now + FUTURE_MAX
    for n, one in enumerate(facts.diagnostics):
        if one.at > late:
            yield {"pointer": f"/diagnostics/{n}/at", "detail": "lies in the future", "code": "in_future"}
    if facts.erasure and facts.erasure.at > late:
        yield {"pointer": "/erasure/at", "detail": "lies in the future", "code": "in_future"}
