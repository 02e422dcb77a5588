"""A buyer asks for quotes: a round opens, and every seller who could answer is told."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.quote_errors import (
    BuyerWithoutMarket,
    FormNeeded,
    QuoteCountryRefused,
    QuoteCurrencyRefused,
    QuoteLinesRefused,
    QuotesNotGiven,
)
from catalog.domain.quote_lines import AskedLine
from catalog.domain.quote_request import QuoteRequest, QuoteRequestState
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id

ROUND_END = "quote_round_end"


@dataclass(frozen=True, slots=True)
class AskForQuotes:
    """`id` is made by the caller. The currency and the country are the market's own where none is named."""

    id: Id
    buyer_id: Id
    market: str | None
    lines: tuple[AskedLine, ...]
    note: str | None = None
    delivery_country: str | None = None
    currency: str | None = None
    answer_business_days: int | None = None


async def ask_for_quotes(command: AskForQuotes, uow: CatalogUnit, now: datetime) -> QuoteRequest:
    """The new request. Raises what the market refuses, with the rule and the line."""
    if command.market is None:
        raise BuyerWithoutMarket
    rules = uow.quotes.rules.quotes_in_force(command.market, now.date())
    if not rules.enabled:
        raise QuotesNotGiven(market=rules.market)
    if rules.needs_form and not command.note:
        raise FormNeeded(market=rules.market)
    if broken := list(rules.broken_by_request(command.lines, rules.calendar().local_day(now))):
        raise QuoteLinesRefused("; ".join(str(one["detail"]) for one in broken), errors=broken)
    trade = uow.rulebook.of(command.market, now.date())
    country = command.delivery_country or trade.default_price_country()
    if country not in trade.price_countries:
        raise QuoteCountryRefused(countries=list(trade.price_countries))
    currency = command.currency or trade.currency_in(country)
    if currency not in rules.currencies:
        raise QuoteCurrencyRefused(accepted=list(rules.currencies))
    deadline = rules.answers_until(now, command.answer_business_days)
    request = QuoteRequest(
        id=command.id,
        version=1,
        buyer_id=command.buyer_id,
        market=rules.market,
        policy_version=rules.version,
        delivery_country=country,
        currency=currency,
        lines=command.lines,
        state=QuoteRequestState.OPEN,
        round=1,
        answers_until=deadline.due_at,
        closes_at=deadline.acts_at,
        asked_at=now,
        updated_at=now,
        note=command.note,
    )
    await uow.quotes.requests.add(request)
    uow.publish(request.asked(await uow.quotes.bidders.who_fit(request.market, request.categories)))
    await uow.timers.set(ROUND_END, request.id, request.closes_at)
    return request
