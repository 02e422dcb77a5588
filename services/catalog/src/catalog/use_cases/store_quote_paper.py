"""The paper of a quote is kept as it was made."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.ports_quotes import QuotePaper
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class StoreQuotePaper:
    """Whose paper, and its PDF."""

    bid_id: Id
    buyer_id: Id
    seller_id: Id
    pdf: bytes


async def store_quote_paper(command: StoreQuotePaper, uow: CatalogUnit, now: datetime) -> None:
    """The first one stays; whoever makes another one changes nothing."""
    if await uow.quotes.papers.has(command.bid_id):
        return
    sha256 = hashlib.sha256(command.pdf).hexdigest()
    await uow.quotes.papers.keep(
        QuotePaper(command.bid_id, command.buyer_id, command.seller_id, command.pdf, sha256, now)
    )
