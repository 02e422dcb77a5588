"""Every figure of the bench by its key: what it is called, what limits it, what we expect of it on two cores."""

from bench.figures import Flow

# The limits of the two-core machine on which the targets were set.
_ORDERS, _LINES, _READS, _WRITES, _HOP_MS = 12_508, 241_000, 5_477, 3_213, 2.1

_FLOWS = (
    Flow("orders_16", "orders held, 16 connections", "orders/s", 150, None, "pg_order", _ORDERS),
    Flow("orders_64", "orders held, 64 connections", "orders/s", 250, None, "pg_order", _ORDERS),
    Flow("order_held", "order placed → held, 10 orders/s", "ms", 30, 80, "kafka", _HOP_MS, more_is_better=False),
    Flow(
        "event_seen",
        "fact → seen by another service, 10 orders/s",
        "ms",
        10,
        30,
        "kafka",
        _HOP_MS,
        more_is_better=False,
    ),
    Flow("stories", "placed → paid → shipped → invoiced, 8 at a time", "stories/s", 4, None, "pg_order", _ORDERS),
    Flow("push_bulk", "stock push, 5,000 lines a call, all changed", "lines/s", 20_000, None, "pg_push", _LINES),
    Flow("push_half", "stock push, 5,000 lines a call, half unchanged", "lines/s", 20_000, None, "pg_push", _LINES),
    Flow("push_single", "stock push, one line a call, 16 connections", "pushes/s", 600, None, "web_write", _WRITES),
    Flow("offer_gateway", "offer read, gateway, 16 connections", "reads/s", 750, None, "web_read", _READS),
    Flow("offer_service", "offer read, service, 16 connections", "reads/s", 1_500, None, "web_read", _READS),
    Flow("search", "search, 20 hits with facets, service, 16 connections", "searches/s", 300, 150, "web_read", _READS),
    Flow("sign_ins", "sign-in with a password, gateway, 8 connections", "sign-ins/s", limit="argon2"),
    Flow("memory", "memory at rest, all processes", "MiB", more_is_better=False),
    Flow("cold_start", "cold start on an empty disk until all is ready", "s", more_is_better=False),
)
_LIMITS = (
    Flow("pg_order", "limit: order transaction in PostgreSQL, one statement", "orders/s"),
    Flow("pg_push", "limit: bulk upsert in PostgreSQL", "lines/s"),
    Flow("pg_read", "limit: primary key read in PostgreSQL", "reads/s"),
    Flow("web_tiny", "limit: plain ASGI, tiny JSON", "answers/s"),
    Flow("web_read", "limit: FastAPI and asyncpg, read one row", "reads/s"),
    Flow("web_write", "limit: FastAPI and asyncpg, change one row", "writes/s"),
    Flow("argon2", "limit: argon2id of one password, all cores", "hashes/s"),
    Flow("kafka", "limit: Kafka, produce to consume", "ms", more_is_better=False),
)
PLAN = {flow.key: flow for flow in (*_FLOWS, *_LIMITS)}
