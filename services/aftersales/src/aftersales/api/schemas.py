"""Request and response shapes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from aftersales.domain.case import CaseKind, CaseState, Defect, Impossible, Remedy
from chassis.web.text import ONE_LINE, STORABLE


class CoveredLineBody(BaseModel):
    """The devices of a line by IMEI or serial number; `warranty_until` is null until the offer's promise is known."""

    line_no: int
    units: list[str]
    warranty_until: datetime | None


class CoverageBody(BaseModel):
    """What a buyer may claim for a delivered shipment, and until when (each `…_until` is the last second, in UTC).

    `closes_at` is when the seller's money becomes free: after the claim window and, where the market lets businesses
    withdraw, after that window too.
    """

    shipment_id: UUID
    version: int
    state: str
    seller_order_id: UUID
    order_id: UUID
    seller_id: UUID
    buyer_id: UUID
    market: str
    policy_version: str
    calendar_version: str
    delivery_country: str
    delivered_at: datetime
    damage_until: datetime
    claim_until: datetime
    withdraw_until: datetime | None
    closes_at: datetime
    closed_at: datetime | None
    lines: list[CoveredLineBody]


class FeeBody(BaseModel):
    """Minor units, without VAT."""

    amount: int
    currency: str


class ReturnPlaceBody(BaseModel):
    """As it is written on the parcel."""

    model_config = ConfigDict(from_attributes=True)

    company: str
    street: str
    postal_code: str
    city: str
    country: str


class CaseBody(BaseModel):
    """One device that comes back. Each `…_until` is the last second, in UTC.

    Write `rma` on the parcel, send it to `return_to` (null for a moment where the seller's address is not known yet) and follow
    `checklist`. `remedy_until` is null before the seller has the device and while an
    account lock holds everything up. `fee` is what a device without a fault costs its buyer; it is not invoiced here yet.
    """

    id: UUID
    version: int
    kind: CaseKind
    state: CaseState
    is_open: bool
    rma: str
    order_id: UUID
    seller_order_id: UUID
    shipment_id: UUID
    seller_id: UUID
    buyer_id: UUID
    market: str
    policy_version: str
    calendar_version: str
    line_no: int
    unit: str
    defect: Defect
    description: str
    checklist: list[str]
    return_to: ReturnPlaceBody | None
    opened_at: datetime
    updated_at: datetime
    warranty_until: datetime
    send_until: datetime
    return_tracking: str | None
    received_at: datetime | None
    remedy_until: datetime | None
    remedy: Remedy | None
    exclusion: str | None
    fee: FeeBody | None
    replacement_unit: str | None
    shipped_back: str | None
    refund_reason: Impossible | None
    ended_at: datetime | None


class RequestBody(BaseModel):
    """A request: what is not known is refused."""

    model_config = ConfigDict(extra="forbid")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), ONE_LINE]


class OpenCaseBody(RequestBody):
    """One device by its IMEI or serial number, and what is wrong with it."""

    order_id: UUID
    unit: Text
    defect: Defect
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), STORABLE] = ""


class ReturnParcelBody(RequestBody):
    """The parcel to the seller."""

    tracking_number: Text


class FindingBody(RequestBody):
    """`exclusion` names what the market's warranty excludes, and stands only beside `excluded`."""

    finding: Literal["defect_confirmed", "account_locked", "no_fault_found", "excluded"]
    exclusion: Text | None = None
    battery_health_percent: int | None = Field(
        default=None,
        ge=0,
        le=100,
        strict=True,
        description="As you measured it; needed where the buyer complains of the battery, the market promises a least "
        "health, and you find no fault or mere wear",
    )


class RemedyBody(RequestBody):
    """What the seller tries."""

    remedy: Remedy


class ResolutionBody(RequestBody):
    """The parcel back to the buyer, and the new device's number where it was replaced."""

    tracking_number: Text
    replacement_unit: Text | None = None


class ImpossibilityBody(RequestBody):
    """Why there is no remedy."""

    reason: Literal[Impossible.NO_PART, Impossible.NO_STOCK, Impossible.CANNOT_REPAIR]
