"""What a seller's quote says on paper, once it is unsealed."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.bid import Bid
from catalog.domain.quote_request import QuoteRequest
from catalog.domain.quote_rules import QuoteRules
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id

MAKE_QUOTE_PAPER = "make_quote_paper"


@dataclass(frozen=True, slots=True)
class PrepareQuotePaper:
    """Whose paper."""

    bid_id: Id


@dataclass(frozen=True, slots=True)
class QuotePaperFacts:
    """Everything that is printed, but who the two companies are."""

    bid: Bid
    request: QuoteRequest
    rules: QuoteRules


async def prepare_quote_paper(command: PrepareQuotePaper, uow: CatalogUnit, now: datetime) -> QuotePaperFacts | None:
    """The facts, or None where the paper has been made, or nobody is to see it."""
    bid = await uow.quotes.bids.find(command.bid_id)
    if bid is None or bid.valid_until is None or await uow.quotes.papers.has(bid.id):
        return None
    request = await uow.quotes.requests.find(bid.quote_request_id)
    assert request is not None, "a bid has a request"
    return QuotePaperFacts(bid, request, uow.quotes.rules.quotes_of_version(request.policy_version))
