"""How long facts travel, read from what the services themselves wrote down.

Every event carries `occurred_at`, stamped inside the transaction that stores it. An event that another service publishes
because of it was stamped inside that service's transaction. The time between the two stamps is therefore: the rest of the
first transaction with its commit, outbox, relay, Kafka, the consumer's reading, and the beginning of its own transaction.
All services follow the clock of the one PostgreSQL, so the stamps can be compared.
"""

from datetime import datetime

import asyncpg

from launcher.stack import Stack

_STAMPS = """
select type, coalesce((data ->> 'order_id')::uuid, aggregate_id) as id, occurred_at from {table}
where type = any($1) and occurred_at >= $2
"""
_PLACED, _HELD = "orders.order.placed.v1", "orders.order.held.v1"
_RESERVED, _OPENED = "catalog.reservation.held.v1", "payments.payment.opened.v1"
_TYPES = {"orders": (_PLACED, _HELD), "catalog": (_RESERVED,), "payments": (_OPENED,)}
# From the fact to what another service made of it.
_HOPS = ((_PLACED, _RESERVED), (_RESERVED, _HELD), (_HELD, _OPENED))


class Stamps:
    """The instants of the events of all orders placed since one instant."""

    def __init__(self, found: dict[str, dict[object, datetime]]) -> None:
        self._found = found

    def hops(self) -> list[float]:
        """Seconds from one service's stamp to the next one's: placed → reserved → held → payment opened."""
        return [seconds for pair in _HOPS for seconds in self._between(*pair)]

    def placed_to_held(self) -> list[float]:
        """Seconds from an order's first stamp to the one that says that its stock is held."""
        return self._between(_PLACED, _HELD)

    def _between(self, first: str, second: str) -> list[float]:
        begun, ended = self._found.get(first, {}), self._found.get(second, {})
        return [(ended[id] - at).total_seconds() for id, at in begun.items() if id in ended]


async def database_now(stack: Stack) -> datetime:
    """The clock that all stamps follow."""
    connection = await asyncpg.connect(stack.admin_url())
    try:
        now: datetime = await connection.fetchval("select clock_timestamp()")
        return now
    finally:
        await connection.close()


async def stamps(stack: Stack, since: datetime) -> Stamps:
    """Read them from the outboxes and archives of three services."""
    found: dict[str, dict[object, datetime]] = {}
    for database, types in _TYPES.items():
        connection = await asyncpg.connect(stack.admin_url().rsplit("/", 1)[0] + f"/{database}")
        try:
            for table in ("outbox", "outbox_archive"):
                for row in await connection.fetch(_STAMPS.format(table=table), list(types), since):
                    found.setdefault(row["type"], {})[row["id"]] = row["occurred_at"]
        finally:
            await connection.close()
    return Stamps(found)
