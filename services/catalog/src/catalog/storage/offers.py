"""Offers in PostgreSQL, always read together with their locked stock."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.offer import Offer, StockedOffer
from catalog.domain.price_bounds import PriceOnSale
from catalog.domain.seller import SellerState
from catalog.storage.known_offers import remember_offers
from catalog.storage.prices_on_sale import prices_on_sale
from catalog.storage.push_writes import ChangeTerms, OpenOffers
from catalog.storage.pushed import note_figures, note_terms, read_for_push
from catalog.storage.rows import offer_of, stock_of, stocked_offers
from catalog.storage.tables import offers, sellers, stock
from chassis.db.session import Session, session_of, write_now_or_later
from chassis.kernel.ids import Id

# Whether this transaction remembers what orders read: a push of thousands of lines need not ask for each.
_REMEMBERED = "offers of orders are remembered"

_WITH_IDS = (
    stocked_offers((sellers.c.state == SellerState.ACTIVE.value).label("seller_is_active"))
    .join(sellers, sellers.c.id == offers.c.seller_id)
    .where(offers.c.id == text("any(:ids)").bindparams(bindparam("ids", type_=ARRAY(UUID))))
)


def _locked(statement: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    # Always in id order, so that two transactions never wait for each other in a circle.
    return statement.order_by(offers.c.id).with_for_update(of=stock)


_WITH_IDS_LOCKED = _locked(_WITH_IDS)


class OfferRepository:
    """Offers for pushes (by SKU) and for orders (by id)."""

    def __init__(self, connection: AsyncConnection, read: dict[Id, StockedOffer]) -> None:
        self._connection = connection
        # As they were before the push.
        self._read = read

    async def of_seller(self, seller_id: Id, sku_keys: Collection[str]) -> list[StockedOffer]:
        """A seller's offers of these SKUs, their stock locked."""
        found = await read_for_push(self._connection, seller_id, sku_keys)
        self._read |= {stocked.offer.id: stocked for stocked in found}
        return found

    async def with_ids(self, ids: Collection[Id]) -> list[StockedOffer]:
        """Those that exist, in id order, their stock locked."""
        session = session_of(self._connection)
        if session is not None:
            known: list[StockedOffer | None] = [session.recall(_name(id), None) for id in sorted(ids)]
            if all(known):
                return [one for one in known if one is not None]
        return await _with_ids(self._connection, ids)

    async def on_sale(self, product_ids: Collection[Id]) -> Mapping[Id, Sequence[PriceOnSale]]:
        """What these products cost at the moment, by product."""
        return await prices_on_sale(self._connection, product_ids)

    async def write(self, changed: Sequence[Offer], now: datetime) -> None:
        """Insert what is new, which is what has its first version; replace the terms of the others, read by `of_seller`."""
        new = [offer for offer in changed if offer.version == 1]
        if new:
            await write_now_or_later(self._connection, OpenOffers(), (new, now))
        known = [offer for offer in changed if offer.version > 1] if new else changed
        if known:
            before = {offer.id: self._read[offer.id].offer for offer in known}
            await write_now_or_later(self._connection, ChangeTerms(), (known, before))
        note_terms(self._connection, changed)
        remember_offers(self._connection, changed)
        forget(self._connection, [offer.id for offer in changed])


async def read_offers_ahead(session: Session, ids: Collection[Id]) -> dict[Id, Id]:
    """For commands that will ask for these offers; their stock is locked in id order. Gives back whose they are."""
    session.remember(_REMEMBERED, True)
    found = await _with_ids(session, ids)
    for stocked in found:
        session.remember(_name(stocked.offer.id), stocked)
    return {stocked.offer.id: stocked.offer.seller_id for stocked in found}


def sellers_of(session: Session, ids: Iterable[Id]) -> dict[Id, Id]:
    """Whose offers these are, of those that this transaction remembers."""
    known = {id: session.recall(_name(id), None) for id in ids}
    return {id: stocked.offer.seller_id for id, stocked in known.items() if stocked is not None}


def remember_held(session: Session, units: Iterable[tuple[Id, int]]) -> None:
    """The next command of this transaction finds fewer units."""
    for offer_id, quantity in units:
        stocked: StockedOffer | None = session.recall(_name(offer_id), None)
        if stocked is not None:
            held = stocked.stock.hold(quantity)
            session.remember(_name(offer_id), stocked._replace(stock=held))
            note_figures(session, [held])


def forget(connection: AsyncConnection, offer_ids: Iterable[Id]) -> None:
    """Offers or figures were written: whoever asks for them next reads them anew."""
    session = session_of(connection)
    if session is not None and session.recall(_REMEMBERED, False):
        for offer_id in offer_ids:
            if session.recall(_name(offer_id), None) is not None:
                session.remember(_name(offer_id), None)


async def stocked_with_ids(connection: AsyncConnection, ids: Collection[Id]) -> list[StockedOffer]:
    """Those that exist, as they are at the moment, without a lock."""
    return await _found(connection, _WITH_IDS, ids)


async def _with_ids(connection: AsyncConnection, ids: Collection[Id]) -> list[StockedOffer]:
    return await _found(connection, _WITH_IDS_LOCKED, ids)


async def _found(
    connection: AsyncConnection, statement: Select[tuple[object, ...]], ids: Collection[Id]
) -> list[StockedOffer]:
    rows = await connection.execute(statement, {"ids": list(ids)})
    return [StockedOffer(offer_of(row), stock_of(row), row["seller_is_active"]) for row in rows.mappings().all()]


def _name(offer_id: Id) -> Hashable:
    return "offer", offer_id
