"""A fact about a seller: remember whether it may publish, and where."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.seller import Seller, SellerState
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.ports_traders import FETCH_TRADER
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class NoteSeller:
    """What `accounts` said; what a fact does not name is None."""

    seller_id: Id
    state: SellerState | None = None
    markets: tuple[str, ...] | None = None
    ship_from: tuple[str, ...] | None = None


async def note_seller(command: NoteSeller, uow: CatalogUnit, now: datetime) -> None:
    """The newest fact holds; facts about one seller arrive in order. Who it is is asked ahead of need."""
    seller = await uow.sellers.locked(command.seller_id)
    if seller is None and command.state is not None:
        seller = Seller(command.seller_id, command.state)
    # A draft is edited long before it is handed in: it is nobody's seller yet.
    if seller is not None:
        await uow.sellers.save(seller.told(command.state, command.markets, command.ship_from))
    await uow.timers.set(FETCH_TRADER, command.seller_id, now)
