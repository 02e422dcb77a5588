"""Nobody keeps anything of people without saying so, and whoever does is asked when they want to be forgotten."""

from importlib import import_module
from types import ModuleType

import pytest

from accounts.domain.erasure import HOLDERS
from chassis.db.personal_data import COMMON, PersonalData
from tests.contracts.kit import service

SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")


def said_by(name: str) -> PersonalData:
    module: ModuleType = import_module(f"{name}.storage.personal_data")
    found: PersonalData = module.PERSONAL_DATA
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_every_column_that_can_hold_words_is_declared(name: str) -> None:
    """A new one is `plain`, or it is erased, kept by law, never shown, or a file: its service says which."""
    metadata = import_module(f"{name}.storage.tables").metadata
    assert said_by(name).unsaid(metadata) == []


def test_a_forgotten_column_would_be_found() -> None:
    metadata = import_module("orders.storage.tables").metadata
    without = PersonalData(tuple(one for one in said_by("orders").holdings if one.table != "documents"))
    assert without.unsaid(metadata) == ["documents.content", "documents.kind", "documents.sha256"]


@pytest.mark.parametrize("name", SERVICES)
def test_whoever_has_something_to_erase_is_a_holder_and_hears_of_it(name: str) -> None:
    own = [one for one in said_by(name).holdings if one not in COMMON]
    erases = any(one.erase or one.erase_of_person or one.delete or one.delete_of_person or one.kept for one in own)
    assert (name in HOLDERS) == (erases and name != "accounts")
    assert ("accounts.erasure" in service(name).inbound) == (name in HOLDERS)
