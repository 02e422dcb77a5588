"""Identifiers: UUIDv7, made in Python so that any PostgreSQL will do and events can be named before they are stored."""

import uuid

from uuid_utils.compat import uuid7

Id = uuid.UUID


def new_id() -> Id:
    """A new UUIDv7: unique, and rising with time, so that indexes stay compact."""
    return uuid7()


def derived_id(parent: Id, name: str) -> Id:
    """The same id for the same (parent, name), so that a repeated step names the same thing again."""
    return uuid.uuid5(parent, name)
