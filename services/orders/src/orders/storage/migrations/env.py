"""Alembic's entry: the chassis opened the connection, orders names its tables."""

from alembic import context

from chassis.db.migrate import run_migrations
from orders.storage import tables_units  # noqa: F401 - adds its tables
from orders.storage.tables import metadata

run_migrations(context.config.attributes["connection"], metadata)
