"""Which markets there are, told to whoever thinks of joining one."""

from datetime import time
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from accounts.api.state import Given
from accounts.domain.market_facts import MarketFacts

router = APIRouter(tags=["markets"])


class PhoneHoursBody(BaseModel, from_attributes=True):
    """When calls are taken, in the local time of `time_zone`."""

    weekdays: list[str]
    opens: time
    closes: time
    time_zone: str


class SupportBody(BaseModel, from_attributes=True):
    """How to reach support, the preferred way first; `phone` is null where calls are not taken."""

    channels: list[str]
    reply_business_days: int
    phone: PhoneHoursBody | None


class MarketBody(BaseModel):
    """What holds for everybody in a market. `market` is the code that sign-ups and offers name."""

    market: str
    title: str
    is_default: bool
    model: Literal["marketplace", "single_seller"]
    customers: list[str]
    country: str
    delivery_countries: list[str]
    languages: list[str]
    currencies: list[str]
    support_only_fields: list[str] = Field(description="What a company asks support to change")
    personal_data_kept_years: int | None = Field(description="After the last purchase; null: until you ask for erasure")
    support: SupportBody


class MarketsBody(BaseModel):
    """All of them: there are few, so there are no pages."""

    items: list[MarketBody]


@router.get("/v1/markets")
async def list_markets(given: Given) -> MarketsBody:
    """The markets that are open today; nobody has to sign in to ask."""
    found = given.directory.open_on(given.executor.clock.now().date())
    return MarketsBody(items=[_body(one) for one in found])


def _body(facts: MarketFacts) -> MarketBody:
    return MarketBody(
        market=facts.market,
        title=facts.title,
        is_default=facts.is_default,
        model="single_seller" if facts.is_single_seller else "marketplace",
        customers=list(facts.customers),
        country=facts.country,
        delivery_countries=list(facts.delivery_countries),
        languages=list(facts.languages),
        currencies=list(facts.currencies),
        support_only_fields=list(facts.support_only_fields),
        personal_data_kept_years=facts.kept_years,
        support=SupportBody.model_validate(facts.support),
    )
