"""Alembic's entry: runs on the connection that the chassis opened."""

from alembic import context

import catalog.storage.tables_buy_box
import catalog.storage.tables_changes
import catalog.storage.tables_imports
import catalog.storage.tables_products
import catalog.storage.tables_quotes
import catalog.storage.tables_traders
import catalog.storage.tables_units  # noqa: F401
from catalog.storage.tables import metadata
from chassis.db.migrate import run_migrations

run_migrations(context.config.attributes["connection"], metadata)
