"""Response shapes."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


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
