"""`accounts` has told where a seller wants its devices back."""

from datetime import datetime

from aftersales.domain.return_place import ReturnPlaces
from aftersales.use_cases.ports import UnitOfWork


async def record_seller(places: ReturnPlaces, uow: UnitOfWork, now: datetime) -> None:
    """For cases from now on, and for open ones that were opened before anybody knew; who has an address keeps it."""
    await uow.sellers.keep(places)
    for case in await uow.cases.without_place(places.seller_id):
        place = places.of(case.ship_from)
        if place is not None:
            await uow.cases.give_place(case.id, place)
