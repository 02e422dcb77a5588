"""The tables every service has beside its own, as frozen DDL steps that the services' migrations call."""

# Step 1. Never edited once shipped: a change is a new step, called by a new migration in every service.
STEP_1 = (
    # Facts that wait for the broker. Small and hot: the relay moves a row to the archive once Kafka acknowledged it.
    """
    create table outbox (
        n bigint generated always as identity primary key,
        event_id uuid not null unique,
        topic text not null,
        type text not null,
        aggregate_id uuid not null,
        seq integer not null check (seq > 0),
        occurred_at timestamptz not null,
        data jsonb not null,
        traceparent text,
        cause_id text,
        created_at timestamptz not null default now(),
        unique (topic, aggregate_id, seq)
    )
    """,
    """
    create table outbox_archive (
        n bigint not null,
        event_id uuid not null,
        topic text not null,
        type text not null,
        aggregate_id uuid not null,
        seq integer not null,
        occurred_at timestamptz not null,
        data jsonb not null,
        traceparent text,
        cause_id text,
        published_at timestamptz not null default now(),
        kafka_partition integer not null,
        kafka_offset bigint not null
    ) partition by range (published_at)
    """,
    "create table outbox_archive_rest partition of outbox_archive default",
    "create index outbox_archive_aggregate on outbox_archive (topic, aggregate_id, seq)",
    "create index outbox_archive_n on outbox_archive (n)",
    # What an HTTP write was answered, so that a repeat gets the same answer. Kept for 30 days.
    """
    create table receipts (
        tenant text not null,
        key text not null,
        fingerprint text not null,
        status integer,
        body jsonb,
        headers jsonb,
        created_at timestamptz not null default now(),
        primary key (tenant, key)
    )
    """,
    "create index receipts_created_at on receipts (created_at)",
    # How far each handler has come in each aggregate's story. Permanent: it deduplicates for ever and finds gaps.
    """
    create table watermarks (
        handler text not null,
        aggregate_id uuid not null,
        seq integer not null,
        primary key (handler, aggregate_id)
    )
    """,
    # Messages that wait: poison ones for an operator's redrive, later ones of the same aggregate behind them or behind a gap.
    """
    create table parked (
        handler text not null,
        aggregate_id uuid not null,
        seq integer not null,
        event_id uuid not null,
        topic text not null,
        type text not null,
        kafka_partition integer not null,
        kafka_offset bigint not null,
        headers jsonb not null,
        body bytea not null,
        reason text not null,
        detail text not null default '',
        attempts integer not null default 0,
        parked_at timestamptz not null default now(),
        primary key (handler, aggregate_id, seq)
    )
    """,
    # Counted and committed before a message is handled alone, so that a handler that kills its process is noticed.
    """
    create table attempts (
        handler text not null,
        event_id uuid not null,
        count integer not null,
        primary key (handler, event_id)
    )
    """,
    # Deadlines. `due_at` is frozen when the deadline is made; one open timer per kind and key.
    """
    create table timers (
        id uuid primary key,
        kind text not null,
        key uuid not null,
        due_at timestamptz not null,
        retry_at timestamptz not null default now(),
        payload jsonb not null,
        state text not null default 'open' check (state in ('open', 'done', 'cancelled', 'dead')),
        attempts integer not null default 0,
        error text,
        done_at timestamptz
    )
    """,
    "create unique index timers_open on timers (kind, key) where state = 'open'",
    "create index timers_due on timers (due_at) where state = 'open'",
    # The sandbox's offset on business deadlines; zero, and never moved, elsewhere.
    "create table test_clock (only_row boolean primary key default true check (only_row), offset_seconds bigint not null)",
    "insert into test_clock (offset_seconds) values (0)",
)
