"""PostgreSQL: sessions, the executor that opens and commits every transaction, outbox, timers, migrations."""
