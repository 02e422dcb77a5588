"""The offers a push is about, with their stock locked.

Thousands of lines come at once, so what a line costs counts: what an offer said at its version is known from the last time.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.offer import Offer, StockedOffer
from catalog.domain.stock import Stock
from catalog.storage.known_offers import NAMED, offers_named
from chassis.db.session import Session, session_of
from chassis.kernel.ids import Id

# The figures are those of Stock, in its order.
_COLUMNS = f"{NAMED}, st.counted, st.counted_at, st.as_of, st.available, st.held, st.sold, st.shortage"
# Always in id order, so that two transactions never wait for each other in a circle.
_LOCKED = "order by o.id for update of st"
_READ = text(
    f"select {_COLUMNS} from offers o join stock st on st.offer_id = o.id "
    f"where o.seller_id = :seller_id and o.sku_key = any(:keys) {_LOCKED}"
).bindparams(bindparam("seller_id", type_=UUID), bindparam("keys", type_=ARRAY(TEXT)))
_READ_OF_MANY = text(
    f"select {_COLUMNS} from unnest(cast(:sellers as uuid[]), cast(:keys as text[])) as v(seller_id, sku_key) "
    f"join offers o on o.seller_id = v.seller_id and o.sku_key = v.sku_key join stock st on st.offer_id = o.id {_LOCKED}"
).bindparams(bindparam("sellers", type_=ARRAY(UUID)), bindparam("keys", type_=ARRAY(TEXT)))

# Whether this transaction remembers what pushes read.
_REMEMBERED = "offers of pushes are remembered"
_UNREAD = object()


async def read_for_push(connection: AsyncConnection, seller_id: Id, sku_keys: Collection[str]) -> list[StockedOffer]:
    """A seller's offers of these SKUs, their stock locked."""
    session = session_of(connection)
    if session is not None and session.recall(_REMEMBERED, False):
        known = [_recall(session, seller_id, key) for key in sku_keys]
        if _UNREAD not in known:
            return [one for one in known if one is not None]
    rows = (await connection.execute(_READ, {"seller_id": seller_id, "keys": list(sku_keys)})).all()
    return await _stocked(connection, rows)


async def read_pushed_ahead(session: Session, wanted: Collection[tuple[Id, str]]) -> None:
    """For pushes of a few lines each: their offers by seller and SKU, all locked in one order."""
    sellers, keys = [seller for seller, _ in wanted], [key for _, key in wanted]
    rows = (await session.execute(_READ_OF_MANY, {"sellers": sellers, "keys": keys})).all()
    found = {(one.offer.seller_id, one.offer.sku.casefold()): one for one in await _stocked(session, rows)}
    session.remember(_REMEMBERED, True)
    for name in wanted:
        stocked = found.get(name)
        session.remember(_terms(*name), stocked.offer if stocked else None)
        if stocked:
            session.remember(_figures(stocked.offer.id), stocked.stock)


def note_terms(connection: AsyncConnection, written: Iterable[Offer]) -> None:
    """The next push of this transaction finds these."""
    session = session_of(connection)
    if session is not None and session.recall(_REMEMBERED, False):
        for offer in written:
            session.remember(_terms(offer.seller_id, offer.sku.casefold()), offer)


def note_figures(connection: AsyncConnection, written: Iterable[Stock]) -> None:
    """The next push of this transaction finds these."""
    session = session_of(connection)
    if session is not None and session.recall(_REMEMBERED, False):
        for stock in written:
            session.remember(_figures(stock.offer_id), stock)


def _recall(session: Session, seller_id: Id, sku_key: str) -> Any:
    offer: Any = session.recall(_terms(seller_id, sku_key), _UNREAD)
    if offer is None or offer is _UNREAD:
        return offer
    stock: Any = session.recall(_figures(offer.id), _UNREAD)
    return _UNREAD if stock is _UNREAD else StockedOffer(offer, stock)


def _terms(seller_id: Id, sku_key: str) -> Hashable:
    return "terms", seller_id, sku_key


def _figures(offer_id: Id) -> Hashable:
    return "figures", offer_id


async def _stocked(connection: AsyncConnection, rows: Sequence[Any]) -> list[StockedOffer]:
    offers = await offers_named(connection, rows)
    return [StockedOffer(offer, Stock(row[0], *row[4:])) for offer, row in zip(offers, rows, strict=True)]
