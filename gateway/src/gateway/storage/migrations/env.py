"""Alembic's entry: the chassis opened the connection, the gateway names its tables."""

from alembic import context

from chassis.db.migrate import run_migrations
from gateway.storage.tables import metadata

run_migrations(context.config.attributes["connection"], metadata)
