"""What use cases need to know of sellers."""

from typing import Protocol

from aftersales.domain.return_place import ReturnPlaces
from chassis.kernel.ids import Id

# The errand that asks `accounts` where a seller wants its devices back.
FETCH_SELLER = "fetch_seller"


class Sellers(Protocol):
    """Where sellers want their devices back."""

    async def find(self, seller_id: Id) -> ReturnPlaces | None: ...

    async def keep(self, places: ReturnPlaces) -> None:
        """Insert or replace; what is older than what is there is dropped."""
        ...
