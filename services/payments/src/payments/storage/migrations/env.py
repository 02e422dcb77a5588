"""Alembic's entry: the connection comes from the chassis."""

from alembic import context

from chassis.db.migrate import run_migrations
from payments.storage import tables_contests, tables_mandates  # noqa: F401 - their tables are on the metadata
from payments.storage.tables import metadata

run_migrations(context.config.attributes["connection"], metadata)
