"""The end of an account and its data, through the HTTP door."""

import io
import json
import zipfile
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from accounts.api.state import Doors
from accounts.clients.archive import archive_of
from accounts.domain.erasure import ErasureCause
from accounts.use_cases.close_company import CloseCompany, close_company
from accounts.use_cases.complete_export import CompleteExport, complete_export
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Business, OpenItem, Subject
from services.accounts.tests.builders import FRENCH_VAT, SIREN, KnownMarkets
from services.accounts.tests.conftest import Door
from services.accounts.tests.test_api.test_company_people import joined
from services.accounts.tests.test_api.test_people import PASSWORD, SIGN_IN, active, operator_of
from services.accounts.tests.test_api.test_personal_data import where_found

pytestmark = pytest.mark.storage

CANARIES = (
    "Reparo",
    "rue de la Paix",
    "Camille",
    "camille@",
    "Kim Exemple",
    "kim@",
    SIREN,
    FRENCH_VAT,
    "Achats de Kim",
)


class Elsewhere:
    """What the other services say."""

    def __init__(self, *items: OpenItem) -> None:
        self.items = items

    async def of(self, company_id: Id) -> Business:
        return Business(self.items)


def given(door: Door, *items: OpenItem) -> Doors:
    doors: Doors = door.process.app.state.doors
    door.process.app.state.doors = replace(doors, business=Elsewhere(*items))
    return doors


async def close(door: Door, token: str, **changes: Any) -> Any:
    seen = (await door.ask("GET", "/v1/company", token=token)).headers["ETag"]
    body = {"password": PASSWORD, "erase": True, **changes}
    return await door.ask("POST", "/v1/company/closure", body, token=token, seen=seen)


async def company_of(door: Door, token: str) -> Id:
    return Id((await door.ask("GET", "/v1/me", token=token)).json()["subject"]["company_id"])


async def test_an_owner_closes_and_nothing_but_the_proofs_is_left(door: Door) -> None:
    given(door)
    owner = await active(door)
    await joined(door, owner)
    await door.ask("POST", "/v1/api-keys", {"name": "Achats de Kim", "scopes": ["orders:read"]}, token=owner)
    change = {"change": {"legal_name": "Reparo Nouveau SAS"}, "note": "Camille l'a dit."}
    asked = await door.ask("POST", "/v1/company/change-requests", change, token=owner)
    assert asked.status_code == 201, asked.text
    company_id = await company_of(door, owner)
    closing = await close(door, owner)
    assert (closing.status_code, closing.json()["state"]) == (202, "closing")
    refused = await door.ask("POST", "/v1/sessions", SIGN_IN)
    assert (refused.status_code, refused.json()["code"]) == (403, "company_not_active")
    command = CloseCompany(company_id, (), real_now(), erase=True, cause=ErasureCause.OWNER)
    await door.process.executor.run(partial(close_company, command, KnownMarkets()))
    assert await where_found(door, *CANARIES) == set()
    party = (await door.internal("GET", f"/internal/parties/{company_id}")).json()
    assert (party["state"], party["legal_name"], party["contacts"]) == ("erased", "erased", [])


async def test_what_is_open_is_listed(door: Door) -> None:
    given(door, OpenItem("order", "100001", "shipped"))
    owner = await active(door)
    refused = await close(door, owner)
    assert (refused.status_code, refused.json()["code"]) == (409, "open_business")
    assert refused.json()["open"] == [{"kind": "order", "id": "100001", "state": "shipped"}]
    operator = await operator_of(door)
    path = f"/v1/operator/companies/{await company_of(door, owner)}"
    for what in ("closure", "erasure"):
        again = await door.ask("POST", f"{path}/{what}", token=operator)
        assert (again.status_code, again.json()["code"]) == (409, "open_business")


async def test_only_owners_close_and_only_with_the_password(door: Door) -> None:
    given(door)
    owner = await active(door)
    kim = await joined(door, owner)
    assert (await close(door, kim)).json()["scope"] == "account:write"
    assert (await close(door, owner, password="not the password")).json()["code"] == "password_wrong"
    stale = await door.ask("POST", "/v1/company/closure", {"password": PASSWORD}, token=owner, seen='"v999"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")


async def test_a_closing_company_is_told_so_after_the_right_password_only(door: Door) -> None:
    given(door)
    owner = await active(door)
    path = f"/v1/operator/companies/{await company_of(door, owner)}/closure"
    operator = await operator_of(door)
    assert (await door.ask("POST", path, token=operator)).json()["state"] == "closing"
    right = await door.ask("POST", "/v1/sessions", SIGN_IN)
    assert (right.status_code, right.json()["code"]) == (403, "company_not_active")
    wrong = await door.ask("POST", "/v1/sessions", {**SIGN_IN, "password": "not the password"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in_refused")
    again = await door.ask("POST", path, token=operator)
    assert (again.status_code, again.json()["code"]) == (409, "company_state")


async def test_support_forgets_only_what_is_closed(door: Door) -> None:
    given(door)
    owner = await active(door)
    company_id, operator = await company_of(door, owner), await operator_of(door)
    path = f"/v1/operator/companies/{company_id}"
    early = await door.ask("POST", f"{path}/erasure", token=operator)
    assert (early.status_code, early.json()["code"]) == (409, "company_state")
    closing = await door.ask("POST", f"{path}/closure", {"reason": "company_ended"}, token=operator)
    assert (closing.status_code, closing.json()["state"]) == (201, "closing")
    await door.process.executor.run(partial(close_company, CloseCompany(company_id, (), real_now()), KnownMarkets()))
    assert "companies" in await where_found(door, "Reparo")
    gone = await door.ask("POST", f"{path}/erasure", token=operator)
    assert (gone.status_code, gone.json()["cause"], gone.json()["user_id"]) == (202, "operator", None)
    assert await where_found(door, *CANARIES) == set()


async def test_an_export_is_the_askers_alone_and_says_what_is_kept_without_secrets(door: Door) -> None:
    owner = await active(door)
    kim = await joined(door, owner)
    asked = await door.ask("POST", "/v1/me/exports", token=kim)
    assert (asked.status_code, asked.json()["state"], asked.json()["of"]) == (202, "gathering", "person")
    path = f"/v1/me/exports/{asked.json()['id']}"
    early = await door.ask("GET", f"{path}/archive", token=kim)
    assert (early.status_code, early.json()["code"]) == (409, "export_not_ready")
    subject = (await door.ask("GET", "/v1/me", token=kim)).json()["subject"]
    queries = door.process.app.state.doors.queries
    own = await queries.personal_data(Subject(Id(subject["company_id"]), Id(subject["id"])))
    told = {"accounts": own, "orders": {"documents": [{"order_id": "1", "content": "\\x255044462d"}]}}
    command = CompleteExport(Id(asked.json()["id"]), archive_of(told))
    await door.process.executor.run(partial(complete_export, command))
    ready = (await door.ask("GET", path, token=kim)).json()
    fetched = await door.ask("GET", ready["href"], token=kim)
    assert fetched.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(fetched.content))
    (user,) = json.loads(archive.read("accounts/users.json"))
    assert (user["email"], user["name"]) == ("kim@reparo.example", "Kim Exemple")
    assert json.loads(archive.read("accounts/invitations.json"))[0]["name"] == "Kim Exemple"
    assert not {"password_hash", "link", "password_link"} & set(user)
    assert archive.read("orders/documents/1.pdf") == b"%PDF-"
    assert b"Camille" not in archive.read("accounts/users.json")
    stranger = await door.ask("GET", path, token=owner)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "export_not_found")
    refused = await door.ask("POST", "/v1/company/exports", token=kim)
    assert (refused.status_code, refused.json()["scope"]) == (403, "account:write")
