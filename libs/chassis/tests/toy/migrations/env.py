"""Alembic's entry: the chassis opened the connection, the toy names its tables."""

import importlib.util
from pathlib import Path

from alembic import context

from chassis.db.migrate import run_migrations

spec = importlib.util.spec_from_file_location("toy_service_for_alembic", Path(__file__).parents[1] / "service.py")
assert spec is not None
assert spec.loader is not None
service = importlib.util.module_from_spec(spec)
spec.loader.exec_module(service)

run_migrations(context.config.attributes["connection"], service.metadata)
