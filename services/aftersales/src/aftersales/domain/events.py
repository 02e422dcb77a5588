"""Facts of aftersales, in the past tense; `messaging/outbound.py` gives them their public shape."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.case_rules import Fee
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


@dataclass(frozen=True, kw_only=True)
class OfCase:
    """What every fact of a case names."""

    order_id: Id
    seller_order_id: Id
    shipment_id: Id
    seller_id: Id
    buyer_id: Id


@dataclass(frozen=True, kw_only=True)
class CaseOpened(OfCase, DomainEvent):
    """A buyer says that a device is broken."""

    kind: str
    market: str
    policy_version: str
    defect: str
    unit: str
    line_no: int
    warranty_until: datetime


@dataclass(frozen=True, kw_only=True)
class CaseAuthorised(OfCase, DomainEvent):
    """The device is covered and may be sent back under its number."""

    rma: str
    checklist: tuple[str, ...]
    send_until: datetime


@dataclass(frozen=True, kw_only=True)
class CaseSent(OfCase, DomainEvent):
    """The device is on its way to the seller."""


@dataclass(frozen=True, kw_only=True)
class CaseWithdrawn(OfCase, DomainEvent):
    """The buyer keeps the device."""


@dataclass(frozen=True, kw_only=True)
class CaseExpired(OfCase, DomainEvent):
    """The device was not sent back in time."""


@dataclass(frozen=True, kw_only=True)
class CaseReceived(OfCase, DomainEvent):
    """The device is with the seller."""

    received_at: datetime
    remedy_until: datetime


@dataclass(frozen=True, kw_only=True)
class CaseOnHold(OfCase, DomainEvent):
    """An account lock was found on the device."""


@dataclass(frozen=True, kw_only=True)
class CaseInspected(OfCase, DomainEvent):
    """The seller confirmed the defect."""

    remedy_until: datetime


@dataclass(frozen=True, kw_only=True)
class CaseClosed(OfCase, DomainEvent):
    """No fault was found; the fee, where there is one, is without VAT and not invoiced by the platform yet."""

    fee: Fee | None


@dataclass(frozen=True, kw_only=True)
class CaseRejected(OfCase, DomainEvent):
    """The defect is one that the warranty excludes."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseRemedyChosen(OfCase, DomainEvent):
    """The seller repairs or replaces."""

    remedy: str


@dataclass(frozen=True, kw_only=True)
class CaseResolved(OfCase, DomainEvent):
    """A working device is on its way back."""

    remedy: str
    replacement_unit: str | None


@dataclass(frozen=True, kw_only=True)
class CaseRefundDue(OfCase, DomainEvent):
    """Neither repair nor replacement was possible in time: what the device cost goes back to the buyer."""

    market: str
    policy_version: str
    reason: str
    line_no: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class CaseRefunded(OfCase, DomainEvent):
    """The buyer has the money back."""


CaseEvent = (
    CaseOpened
    | CaseAuthorised
    | CaseSent
    | CaseWithdrawn
    | CaseExpired
    | CaseReceived
    | CaseOnHold
    | CaseInspected
    | CaseClosed
    | CaseRejected
    | CaseRemedyChosen
    | CaseResolved
    | CaseRefundDue
    | CaseRefunded
)
