"""Parcels as the carrier tells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ParcelStatus = Literal["in_transit", "delivered", "delivery_failed", "returned", "lost"]
FailureReason = Literal["nobody_there", "address_not_found", "refused"]


@dataclass(frozen=True, slots=True)
class ParcelEvent:
    """One scan; `at` is when it happened, which may be before it was reported."""

    id: str
    carrier: str
    tracking_number: str
    status: ParcelStatus
    at: datetime


def current_status(events: Sequence[ParcelEvent]) -> ParcelStatus:
    """What the latest scan says, by its own time."""
    return max(events, key=lambda event: event.at).status
