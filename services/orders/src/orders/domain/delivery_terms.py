"""What a market says about parcels that do not arrive, and why an attempt to deliver one failed."""

from dataclasses import dataclass
from enum import StrEnum

from chassis.kernel.policy import PolicyPack


class FailureReason(StrEnum):
    """Why the carrier could not hand a parcel over, as far as it says; its own words are kept with its message only."""

    NOBODY_THERE = "nobody_there"
    ADDRESS_NOT_FOUND = "address_not_found"
    REFUSED = "refused"
    OTHER = "other"


class LossReason(StrEnum):
    """Who says that a parcel is lost: its carrier, or the silence after its last scan."""

    CARRIER = "carrier"
    NO_SCAN = "no_scan"


@dataclass(frozen=True)
class DeliveryTerms:
    """Rows 1.6 and F6. `charged_at_cost` names what the market lets a seller charge at cost; nothing is charged by us."""

    lost_after_business_days: int
    refusal_cancels: bool
    redelivery_charged: bool
    seller_may_end: bool
    charged_at_cost: tuple[str, ...]

    def ends_by(self, reason: FailureReason) -> bool:
        """Whether this failure ends the sale at once; elsewhere the goods have to come back first."""
        return self.refusal_cancels and reason is FailureReason.REFUSED


def delivery_terms_of(pack: PolicyPack) -> DeliveryTerms:
    """The terms in a pack; of what is charged at cost only what a delivery may cause."""
    return DeliveryTerms(
        lost_after_business_days=pack.integer("shipping.lost_after_business_days"),
        refusal_cancels=pack.flag("failed_delivery.refusal_cancels"),
        redelivery_charged=pack.flag("failed_delivery.redelivery_charged"),
        seller_may_end=pack.flag("failed_delivery.seller_may_end"),
        charged_at_cost=tuple(one for one in pack.texts("fees.at_cost") if one in ("storage", "redelivery")),
    )


def failure_reason(told: str | None) -> FailureReason:
    """The carrier's reason, OTHER where we do not know its word."""
    return FailureReason(told) if told in {str(one) for one in FailureReason} else FailureReason.OTHER
