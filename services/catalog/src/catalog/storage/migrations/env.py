"""Alembic's entry: runs on the connection that the chassis opened."""

from alembic import context

import catalog.storage.tables_changes
import catalog.storage.tables_products  # noqa: F401
from catalog.storage import tables_imports, tables_quotes  # noqa: F401 - adds their tables
from catalog.storage.tables import metadata
from chassis.db.migrate import run_migrations

run_migrations(context.config.attributes["connection"], metadata)
