"""Nobody keeps anything of people without saying so, and whoever does is asked when they want to be forgotten."""

from importlib import import_module
from types import ModuleType, SimpleNamespace

import pytest

from accounts.domain.erasure import HOLDERS
from chassis.db.personal_data import COMMON, PersonalData
from chassis.kernel.ids import new_id
from chassis.kernel.personal_data import Business, Subject
from chassis.testing.clock import START
from chassis.testing.postgres import database
from tests.architecture.rooms import source_of
from tests.contracts.kit import service

SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")


def said_by(name: str) -> PersonalData:
    module: ModuleType = import_module(f"{name}.storage.personal_data")
    found: PersonalData = module.PERSONAL_DATA
    return found


@pytest.mark.parametrize("name", SERVICES)
def test_every_column_that_can_hold_words_is_declared(name: str) -> None:
    """A new one is `plain`, or it is erased, kept by law, never shown, or a file: its service says which."""
    # A crowded service keeps the tables of an area beside the others, on the same metadata.
    for path in (source_of(name) / "storage").glob("tables_*.py"):
        import_module(f"{name}.storage.{path.stem}")
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


@pytest.mark.storage
@pytest.mark.parametrize("name", sorted(HOLDERS))
async def test_a_holder_obeys_with_what_it_has_declared(name: str) -> None:
    """A transaction that does not know the declaration would park the command, and its subject would never be forgotten."""
    built = service(name)
    async with database(built.migrations) as engine, engine.connect() as connection:
        assert built.make_uow(connection).personal_data is said_by(name)


@pytest.mark.storage
@pytest.mark.parametrize("name", SERVICES)
async def test_every_statement_is_understood_by_the_database_and_finds_nothing_of_a_stranger(name: str) -> None:
    said, nobody = said_by(name), (Subject(new_id()), Subject(new_id(), new_id()))
    async with database(service(name).migrations) as engine, engine.begin() as connection:
        uow = SimpleNamespace(connection=connection)
        assert await said.business(connection, nobody[0].company_id) == Business()
        await said.forget(uow, nobody[0].company_id)  # type: ignore[arg-type]
        for subject in nobody:
            assert await said.export(connection, subject) == {}
            erased = PersonalData(said.holdings)
            assert (await erased.erase(uow, subject, START)).erased == {}  # type: ignore[arg-type]
