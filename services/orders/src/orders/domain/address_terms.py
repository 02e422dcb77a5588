"""What a market says about delivery addresses that change after the order."""

from dataclasses import dataclass
from typing import Literal

from chassis.kernel.money import Money
from chassis.kernel.policy import PolicyPack


@dataclass(frozen=True)
class AddressTerms:
    """Row C6. `fee` is what the market lets a seller ask for writing its invoice anew; the platform charges nothing."""

    how: Literal["seller_is_asked", "change_request"]
    answer_business_days: int
    unanswered: str  # refused | accepted
    fee: Money


def address_terms_of(pack: PolicyPack) -> AddressTerms:
    """The terms in a pack."""
    return AddressTerms(
        how="change_request" if pack.text("address_change.how") == "change_request" else "seller_is_asked",
        answer_business_days=pack.integer("address_change.answer_business_days"),
        unanswered=pack.text("address_change.unanswered"),
        fee=pack.money("fees.reinvoicing"),
    )
