"""The step that several use cases share: what a seller's case still needs."""

from collections.abc import Iterable
from datetime import date, datetime

from accounts.domain.company import Company
from accounts.domain.document import DocumentKind
from accounts.domain.mandates import current_mandate
from accounts.domain.requirements import Requirement, requirements_of
from accounts.domain.seller import Seller
from accounts.use_cases.ports import Markets, UnitOfWork


async def case_requirements(
    company: Company, seller: Seller, markets: Markets, uow: UnitOfWork, now: datetime
) -> tuple[Requirement, ...]:
    """As they are inside this transaction."""
    documents = await uow.documents.of_seller(seller.id)
    required = required_documents(seller.markets, markets, now.date())
    return requirements_of(company, seller, documents, required, current_mandate().version)


def required_documents(named: Iterable[str], markets: Markets, on: date) -> tuple[DocumentKind, ...]:
    """Whatever any of the markets asks for, each kind once, in a fixed order."""
    asked = {kind for market in named for kind in markets.rules(market, on).required_documents}
    return tuple(kind for kind in DocumentKind if kind in asked)
