"""How every change of a request begins: it is found for the right one, and locked."""

from catalog.domain.quote_errors import QuoteRequestNotFound
from catalog.domain.quote_request import QuoteRequest
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


async def find_quote_request(id: Id, buyer_id: Id, uow: CatalogUnit) -> QuoteRequest:
    """The buyer's request, locked; another's is not there."""
    request = await uow.quotes.requests.locked(id)
    if request is None or request.buyer_id != buyer_id:
        raise QuoteRequestNotFound(id=str(id))
    return request
