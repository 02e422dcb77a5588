"""Alembic's entry: runs on the connection that the chassis opened."""

from alembic import context

from catalog.storage.tables import metadata
from chassis.db.migrate import run_migrations

run_migrations(context.config.attributes["connection"], metadata)
