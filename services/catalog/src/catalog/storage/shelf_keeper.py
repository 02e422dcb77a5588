"""Keeps the shelf up to date: reads everything once, and then, when somebody asks, what changed since."""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from catalog.domain.errors import SearchNotReady
from catalog.storage.changes import forget_old
from catalog.storage.reader import Reader
from catalog.storage.search import LIKENESS, ON_SALE, PRODUCTS_ALIKE, PRODUCTS_MATCHING
from catalog.storage.shelf import FACETS, Shelf
from catalog.storage.words import Meant, Phrase, query_of
from chassis.kernel.ids import Id

# A search sees what was committed so long ago, and everything before.
FRESH_SECONDS = 0.05
# While rows are put on the shelf nothing else is done, so not too many at once.
ROWS_AT_ONCE = 1_000
# Who searches waits for a reading for so long.
PATIENCE_SECONDS = 10.0
# What words mean is remembered until a new product comes, or for so long: a product's words hardly ever change.
_WORDS_KEPT_SECONDS = 10.0
_WORDS_KEPT_MAX = 5_000
_FORGET_SECONDS = 24 * 60 * 60

_OF_PRODUCT = {"ram", "color"}
_COLUMNS = (
    f"o.n, {ON_SALE}, o.markets, o.product_id, o.price_minor, o.currency, o.prices::text, o.price_tiers::text, "
    "o.min_order_quantity, o.pack_size, st.available, o.battery_health_percent, o.dispatch_business_days, "
    + ", ".join(f"{'p' if name in _OF_PRODUCT else 'o'}.{name}" for name in FACETS)
)
_FROM = "from offers o join products p on p.id = o.product_id join stock st on st.offer_id = o.id"
_READ_ALL = f"select {_COLUMNS} {_FROM} where o.n > $1 order by o.n limit {ROWS_AT_ONCE}"
_READ_CHANGED = f"select {_COLUMNS} {_FROM} where o.id = any($1::uuid[])"
_SNAPSHOT = "select pg_current_snapshot()::text"
# What was committed since a snapshot, in whatever order transactions began and ended, and the next snapshot.
_CHANGED = """
select pg_current_snapshot()::text as snapshot, array(
    select distinct unnest(offers) from offer_changes
    where xid >= pg_snapshot_xmin($1::text::pg_snapshot)::text::bigint
    and not pg_visible_in_snapshot(xid::text::xid8, $1::text::pg_snapshot)
) as offers
"""
_VOCABULARY = "select distinct unnest(tsvector_to_array(search)) as word from products"


class ShelfKeeper:
    """One shelf per process. Whoever asks waits until it is fresh, all together for one reading."""

    def __init__(self, reader: Reader, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._reader = reader
        self._fresh_seconds = fresh_seconds
        self._shelf = Shelf()
        self._snapshot: str | None = None
        self._read_at = float("-inf")
        self._forgot_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None
        self._words: OrderedDict[Phrase, tuple[float, int, Sequence[Id]]] = OrderedDict()
        self._meant: tuple[int, Meant] | None = None

    async def fresh(self) -> Shelf:
        """The shelf as the database was a moment ago."""
        if time.monotonic() - self._read_at > self._fresh_seconds:
            if self._reading is None:
                self._reading = asyncio.create_task(self._read())
            await self._wait(self._reading)
        return self._shelf

    def begin(self) -> None:
        """Start to read everything, so that the first search need not wait."""
        if self._reading is None and self._snapshot is None:
            self._reading = asyncio.create_task(self._read())

    async def _wait(self, reading: "asyncio.Task[None]") -> None:
        # Whoever gives up does not stop the others.
        try:
            await asyncio.wait_for(asyncio.shield(reading), PATIENCE_SECONDS)
        except TimeoutError as error:
            # Very much has changed: what is on the shelf is searched, and what is shown is read anyhow.
            if self._snapshot is None:
                raise SearchNotReady from error

    async def products(self, words: Phrase) -> Sequence[Id]:
        """Products that have all the words, or what they stand for; if none has, what the words were meant to be; if there
        still is none, those whose titles look alike."""
        known = self._words.get(words)
        at, generation = time.monotonic(), self._shelf.products_known
        if known is not None and known[1] == generation and at - known[0] < _WORDS_KEPT_SECONDS:
            return known[2]
        async with self._reader.lend() as driver:
            found = await driver.fetch(PRODUCTS_MATCHING, query_of(words))
            if not found:
                found = await driver.fetch(PRODUCTS_MATCHING, query_of(words, await self._vocabulary(driver)))
            if not found:
                async with driver.transaction(readonly=True):
                    await driver.execute("select set_config($1, $2, true)", *LIKENESS)
                    found = await driver.fetch(PRODUCTS_ALIKE, " ".join(words))
        ids = tuple(row["id"] for row in found)
        self._words[words] = (at, generation, ids)
        if len(self._words) > _WORDS_KEPT_MAX:
            self._words.popitem(last=False)
        return ids

    async def _read(self) -> None:
        at = time.monotonic()
        try:
            async with self._reader.lend() as driver:
                if self._snapshot is None:
                    await self._read_all(driver)
                else:
                    await self._read_changed(driver, self._snapshot)
            self._read_at = at
        finally:
            self._reading = None

    async def _read_all(self, driver: Any) -> None:
        await self._forget(driver)
        # What changes while the rows are read is read again the next time.
        snapshot = await driver.fetchval(_SNAPSHOT)
        shelf = Shelf()
        while rows := await driver.fetch(_READ_ALL, shelf.last):
            shelf.put(rows)
        self._shelf, self._snapshot = shelf, snapshot

    async def _read_changed(self, driver: Any, since: str) -> None:
        await self._forget(driver)
        changed = await driver.fetchrow(_CHANGED, since)
        ids = changed["offers"]
        for start in range(0, len(ids), ROWS_AT_ONCE):
            self._shelf.put(await driver.fetch(_READ_CHANGED, ids[start : start + ROWS_AT_ONCE]))
        self._snapshot = changed["snapshot"]

    async def _forget(self, driver: Any) -> None:
        if time.monotonic() - self._forgot_at > _FORGET_SECONDS:
            self._forgot_at = time.monotonic()
            await forget_old(driver)

    async def _vocabulary(self, driver: Any) -> Meant:
        generation = self._shelf.products_known
        if self._meant is None or self._meant[0] != generation:
            self._meant = (generation, Meant(row["word"] for row in await driver.fetch(_VOCABULARY)))
        return self._meant[1]

    async def close(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._reading
