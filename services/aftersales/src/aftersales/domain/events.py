"""Facts of aftersales, in the past tense; `messaging/outbound.py` gives them their public shape."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.warranty import CoveredLine
from aftersales.domain.windows import Windows
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id


@dataclass(frozen=True, kw_only=True)
class CoverageOpened(DomainEvent):
    """A parcel arrived, and its buyer may make claims."""

    seller_order_id: Id
    order_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    delivery_country: str
    delivered_at: datetime
    windows: Windows
    lines: tuple[CoveredLine, ...]


@dataclass(frozen=True, kw_only=True)
class WarrantiesSet(DomainEvent):
    """What the offers promised became known after the delivery."""

    seller_order_id: Id
    order_id: Id
    lines: tuple[CoveredLine, ...]


@dataclass(frozen=True, kw_only=True)
class ClaimWindowClosed(DomainEvent):
    """Nothing holds the seller's money back any more; the warranty goes on."""

    seller_order_id: Id
    order_id: Id
    closed_at: datetime
