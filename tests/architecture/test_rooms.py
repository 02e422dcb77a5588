"""The same rooms in every service: learn one, know them all."""

import sys

import pytest

from tests.architecture.rooms import ROOT, SERVICES, modules_in, source_of

FILES = (
    "__init__.py",
    "__main__.py",
    "main.py",
    "settings.py",
    "domain/errors.py",
    "domain/events.py",
    "domain/policies.py",
    "use_cases/ports.py",
    "api/schemas.py",
    "messaging/inbound.py",
    "messaging/outbound.py",
    "storage/tables.py",
    "storage/unit_of_work.py",
    "storage/queries.py",
    "storage/migrations/env.py",
    "storage/migrations/script.py.mako",
)
# Of `documents` the inner rooms may know what is drawn, not the drawing.
DOCUMENT_DATA = ("documents.invoice_data", "documents.parties")
TEST_ROOMS = ("test_domain", "test_use_cases", "test_api", "test_storage")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms(service: str) -> None:
    missing = [file for file in FILES if not (source_of(service) / file).is_file()]
    assert missing == []
    home = ROOT / "services" / service
    assert (home / "README.md").is_file()
    assert [room for room in TEST_ROOMS if not (home / "tests" / room).is_dir()] == []


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_no_service_has_a_room_of_its_own(service: str) -> None:
    rooms = {path.name for path in source_of(service).iterdir() if path.is_dir() and path.name != "__pycache__"}
    known = {"domain", "use_cases", "api", "messaging", "storage", "clients"}
    # The gateway also faces people: mail texts and pages.
    known |= {"templates", "pages"} if service == "gateway" else set()
    assert rooms - known == set()


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_a_use_case_has_a_file_of_its_name(service: str) -> None:
    """A file may hold the two ends of one use case (ask, then answer), but never a collection without a name."""
    import ast

    for module in modules_in(source_of(service) / "use_cases"):
        if module.path.stem.split("_")[0] == "ports" or module.path.stem == "__init__":
            continue
        public = [
            node.name
            for node in module.tree.body
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and not node.name.startswith("_")
        ]
        assert module.path.stem in public, module.where
        assert len(public) <= 3, module.where


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_the_inner_rooms_use_the_standard_library_and_the_kernel_only(service: str) -> None:
    allowed = {*sys.stdlib_module_names, "tax"}
    for room in ("domain", "use_cases"):
        for module in modules_in(source_of(service) / room):
            for name in module.imports():
                top = name.split(".")[0]
                inner = name.startswith((f"{service}.domain", "chassis.kernel", *DOCUMENT_DATA))
                own_use_cases = room == "use_cases" and name.startswith(f"{service}.use_cases")
                assert top in allowed or inner or own_use_cases, f"{module.where} imports {name}"
