"""Alembic's entry: the chassis runs the migrations on the connection it has opened."""

from alembic import context

from aftersales.storage import tables_sellers  # noqa: F401 - its table is on the metadata
from aftersales.storage.tables import metadata
from chassis.db.migrate import run_migrations

run_migrations(context.config.attributes["connection"], metadata)
