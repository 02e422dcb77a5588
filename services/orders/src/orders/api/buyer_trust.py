"""The operator's side of trust: what a buyer company may hold unpaid, and granting it a tier."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, StringConstraints
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import MoneyBody
from chassis.web.text import STORABLE
from chassis.web.writes import Write
from orders.api.reading import Reads
from orders.use_cases.ports import Rules
from orders.use_cases.set_trust import SetTrust, set_trust

router = APIRouter(prefix="/v1/operator/buyers", tags=["operator"])

Operator = Annotated[Subject, require("operator:companies")]


class TrustRequest(BaseModel, extra="forbid"):
    """The tier, or null for what the buyer's paid orders have reached; and why, for whoever reads it in a year."""

    tier: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$")] | None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]


class TrustedBody(BaseModel):
    """A buyer company and the tier that an operator granted, null for none."""

    company_id: Id
    granted_tier: str | None


class GrantBody(BaseModel, from_attributes=True):
    """An operator's last word; a `tier` of null took an earlier one back."""

    tier: str | None
    reason: str
    changed_at: datetime


class MarketTierBody(BaseModel):
    """The tier in a market, and what may be held unpaid there: `value_max_minor` in minor units of an order's currency."""

    market: str
    tier: str
    units_max: int
    value_max_minor: int


class OpenHoldsBody(BaseModel):
    """What is held unpaid at the moment."""

    units: int
    values: list[MoneyBody]


class BuyerTrustBody(BaseModel):
    """What a buyer company is trusted for: its paid orders are counted up to 100."""

    company_id: Id
    paid_orders: int
    granted: GrantBody | None
    markets: list[MarketTierBody]
    open_holds: OpenHoldsBody


@router.get("/{company_id}/trust")
async def read_buyer_trust(company_id: Id, request: Request, reads: Reads, subject: Operator) -> BuyerTrustBody:
    """How far a buyer company is trusted in each market, why, and what it holds unpaid."""
    view = await reads.trust(company_id)
    rules: Rules = request.app.state.rules
    granted = view.trust.tier if view.trust else None
    tiers = [
        (one.market, one.tier(view.paid_orders, granted))
        for one in rules.all_in_force(request.app.state.executor.clock.now().date())
    ]
    return BuyerTrustBody(
        company_id=company_id,
        paid_orders=view.paid_orders,
        granted=GrantBody.model_validate(view.trust) if view.trust else None,
        markets=[
            MarketTierBody(market=market, tier=tier.name, units_max=tier.units_max, value_max_minor=tier.value_max)
            for market, tier in tiers
        ],
        open_holds=OpenHoldsBody(
            units=view.units,
            values=[MoneyBody(amount=amount, currency=currency) for currency, amount in sorted(view.values.items())],
        ),
    )


@router.put("/{company_id}/trust", response_model=TrustedBody)
async def grant_buyer_trust(company_id: Id, body: TrustRequest, subject: Operator, write: Write) -> Response:
    """Grant a buyer company a tier of trust, or take an earlier word back; 422 `trust_tier_unknown` names the tiers there are.

    It counts for orders from now on, and replaces what paid orders have reached, upwards or downwards.
    """
    work = partial(set_trust, SetTrust(company_id, body.tier, body.reason))
    return await write.answer(
        subject.tenant, work, lambda id: TrustedBody(company_id=id, granted_tier=body.tier).model_dump(mode="json")
    )
