"""The errand that prints a quote: who the two companies are is asked of accounts then, and kept on the paper only."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from catalog.domain.quote_errors import PartyNotKnown
from catalog.domain.quote_lines import BidLine
from catalog.use_cases.prepare_quote_paper import PrepareQuotePaper, QuotePaperFacts, prepare_quote_paper
from catalog.use_cases.store_quote_paper import StoreQuotePaper, store_quote_paper
from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from documents import quote as paper
from documents.invoice_data import LinePart
from documents.parties import company_of
from documents.press import Press
from documents.purchase_order import Market

NUMBER_DIGITS = 8


def make_quote_paper(
    executor: Executor[Any], http: httpx.AsyncClient, accounts_url: str, internal_token: str
) -> Callable[[DueTimer], Awaitable[None]]:
    """`GET {accounts}/internal/parties/{company_id}` for both, then it is printed and stored. A failure is tried again."""
    press = Press()

    async def party(company_id: Id) -> dict[str, Any]:
        response = await http.get(
            f"{accounts_url}/internal/parties/{company_id}", headers={INTERNAL_TOKEN_HEADER: internal_token}
        )
        if response.status_code != httpx.codes.OK:
            raise PartyNotKnown(f"accounts answered {response.status_code}", company=str(company_id))
        answer: dict[str, Any] = response.json()
        return answer

    async def run(timer: DueTimer) -> None:
        facts = await executor.run(partial(prepare_quote_paper, PrepareQuotePaper(timer.key)))
        if facts is None:
            return
        seller, buyer = await party(facts.bid.seller_id), await party(facts.request.buyer_id)
        pdf = await press.make(paper.render, printed(facts, seller, buyer))
        stored = StoreQuotePaper(facts.bid.id, facts.request.buyer_id, facts.bid.seller_id, pdf)
        await executor.run(partial(store_quote_paper, stored))

    return run


def printed(facts: QuotePaperFacts, seller: dict[str, Any], buyer: dict[str, Any]) -> paper.Quote:
    """What the document library prints, in the buyer's language where the market has it."""
    bid, request, rules = facts.bid, facts.request, facts.rules
    assert bid.valid_until is not None, "what is printed has been unsealed"
    own = buyer.get("language")
    language = own if own in rules.languages else rules.languages[0]
    days = rules.calendar()
    return paper.Quote(
        number=f"{str(request.id).replace('-', '')[-NUMBER_DIGITS:].upper()}-{bid.round}",
        request=str(request.id),
        given_on=days.local_day(bid.updated_at),
        valid_until=bid.valid_until,
        time_zone=days.zone,
        language=language,
        currency=bid.currency,
        market=Market.titled(rules.title),
        seller=company_of(seller),
        buyer=company_of(buyer),
        ships_from=bid.lines[0].ship_from,
        lines=tuple(_line(line, rules.grade_labels.get(line.grade, {}).get(language)) for line in bid.lines),
        shipping_minor=bid.shipping_fee,
        prices_include_vat=rules.price_basis == "gross",
        note=bid.note,
    )


def _line(line: BidLine, grade: str | None) -> paper.QuotedLine:
    return paper.QuotedLine(
        title=line.title,
        grade=grade or line.grade,
        quantity=line.quantity,
        unit_minor=line.unit_price.minor,
        warranty_months=line.warranty_months,
        lead_business_days=line.lead_business_days,
        ready_on=line.ready_on,
        battery_floor=line.battery_floor,
        extras=(*((line.specs,) if line.specs else ()), *line.accessories),
        sku=line.sku,
        parts=tuple(LinePart(levy.kind.value, levy.amount.minor) for levy in line.levies),
    )
