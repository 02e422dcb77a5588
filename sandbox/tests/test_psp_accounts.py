"""Users, wallets and virtual accounts of the payment provider."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sandbox_builders import GERMAN_IBAN, Sandbox, euros
from schwifty import IBAN
from sqlalchemy.ext.asyncio import create_async_engine

from sandbox.storage.receipts import StoredAnswer, claim_key, store_answer

pytestmark = pytest.mark.storage


async def test_nobody_enters_without_the_api_key(sandbox: Sandbox) -> None:
    without = await sandbox.http.get("/psp/v1/journal")
    wrong = await sandbox.http.get("/psp/v1/journal", headers={"authorization": "Bearer psp_test_kex"})
    assert [without.status_code, wrong.status_code] == [401, 401]
    assert without.headers["content-type"] == "application/problem+json"
    assert without.json()["code"] == "api_key_wrong"


async def test_a_new_wallet_is_empty(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet("escrow-fr")
    wallet = await sandbox.get(f"/wallets/{wallet_id}")
    assert (wallet["reference"], wallet["currency"], wallet["balance"]) == ("escrow-fr", "EUR", euros(0))
    assert [w["id"] for w in (await sandbox.get("/wallets", reference="escrow-fr"))["items"]] == [wallet_id]


async def test_a_wallet_needs_an_owner_who_exists(sandbox: Sandbox) -> None:
    answer = await sandbox.post("/wallets", {"owner_id": "usr_none", "reference": "w", "currency": "EUR"})
    assert (answer.status_code, answer.json()["code"]) == (404, "user_not_found")


@pytest.mark.parametrize(
    "country", ["FR", "DE", "NL", "BE", "DK", "GB", "IE", "LU", "ES", "IT", "AT", "FI", "PT", "PL"]
)
async def test_virtual_ibans_are_valid_in_their_country(sandbox: Sandbox, country: str) -> None:
    account = await sandbox.an_account(await sandbox.a_wallet(), country=country)
    iban = IBAN(account["iban"], validate_bban=True)
    assert iban.country_code == country
    assert account["bic"][4:6] == country
    assert iban.bic is None, "no real bank may stand behind a sandbox IBAN"


async def test_the_default_country_of_an_iban_is_france(sandbox: Sandbox) -> None:
    body = {"wallet_id": await sandbox.a_wallet(), "reference": "b", "holder_name": "Reparo SAS", "currency": "EUR"}
    assert (await sandbox.made("/virtual-accounts", body))["iban"].startswith("FR")


async def test_no_two_virtual_accounts_share_an_iban(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    accounts = await asyncio.gather(*[sandbox.an_account(wallet_id, reference=f"buyer-{n}") for n in range(20)])
    assert len({account["iban"] for account in accounts}) == 20


async def test_a_virtual_account_is_found_by_its_reference(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    await sandbox.an_account(wallet_id, reference="buyer-1")
    wanted = await sandbox.an_account(wallet_id, reference="buyer-2")
    assert (await sandbox.get("/virtual-accounts", reference="buyer-2"))["items"] == [wanted]


async def test_a_virtual_account_holds_the_currency_of_its_wallet(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet(currency="DKK")
    body = {"wallet_id": wallet_id, "reference": "b", "holder_name": "Genbrug ApS", "country": "DK", "currency": "EUR"}
    answer = await sandbox.post("/virtual-accounts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "currency_mismatch")


async def test_there_are_no_accounts_in_countries_without_ibans(sandbox: Sandbox) -> None:
    body = {"wallet_id": await sandbox.a_wallet(), "reference": "b", "holder_name": "X", "country": "US"}
    answer = await sandbox.post("/virtual-accounts", body | {"currency": "EUR"})
    assert (answer.status_code, answer.json()["code"]) == (422, "country_without_ibans")


@pytest.mark.parametrize(
    "change",
    [{"kind": "admin"}, {"country": "fr"}, {"name": ""}, {"name": "a\x00b"}, {"surprise": 1}],
    ids=["kind", "country", "empty", "nul", "extra"],
)
async def test_a_malformed_user_is_refused_and_named(sandbox: Sandbox, change: dict[str, object]) -> None:
    user = {"reference": "r", "kind": "buyer", "name": "Reparo SAS", "country": "FR"} | change
    answer = await sandbox.post("/users", user)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert answer.json()["errors"][0]["pointer"] == f"/body/{next(iter(change))}"


async def test_a_key_is_needed_for_every_post(sandbox: Sandbox) -> None:
    user = {"reference": "r", "kind": "buyer", "name": "Reparo SAS", "country": "FR"}
    answer = await sandbox.http.post("/psp/v1/users", json=user, headers={"authorization": "Bearer psp_test_key"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


async def test_the_same_key_and_body_do_the_work_once(sandbox: Sandbox) -> None:
    user = {"reference": "r", "kind": "buyer", "name": "Reparo SAS", "country": "FR"}
    answers = await asyncio.gather(*[sandbox.post("/users", user, key="same") for _ in range(8)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 7
    assert len((await sandbox.get("/users"))["items"]) == 1


async def test_a_key_cannot_stand_for_two_requests(sandbox: Sandbox) -> None:
    user = {"reference": "r", "kind": "buyer", "name": "Reparo SAS", "country": "FR"}
    await sandbox.post("/users", user, key="same")
    other_body = await sandbox.post("/users", user | {"name": "Other SAS"}, key="same")
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await sandbox.get("/users"))["items"]) == 1


async def test_a_refusal_is_an_answer_and_stays_the_same(sandbox: Sandbox) -> None:
    empty, other = await sandbox.a_wallet("a"), await sandbox.a_wallet("b")
    move = {"reference": "t", "from_wallet_id": empty, "to_wallet_id": other, "amount": euros(100)}
    key = uuid.uuid4().hex
    first = await sandbox.post("/transfers", move, key=key)
    await sandbox.a_credit(empty, 100)
    again = await sandbox.post("/transfers", move, key=key)
    assert first.status_code == again.status_code == 409
    assert first.json() == again.json()
    assert again.headers["content-type"] == "application/problem+json"
    assert (await sandbox.post("/transfers", move)).status_code == 201


async def test_a_key_is_forgotten_after_a_day_as_real_providers_do(sandbox: Sandbox) -> None:
    engine = create_async_engine(sandbox.settings.database_url)
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    async with engine.begin() as tx:
        assert await claim_key(tx, "k", "this request", noon) is None
        await store_answer(tx, "k", StoredAnswer(201, {"id": "po_1"}))
        assert await claim_key(tx, "k", "this request", noon + timedelta(hours=24)) == StoredAnswer(201, {"id": "po_1"})
        assert await claim_key(tx, "k", "another request", noon + timedelta(hours=24, seconds=1)) is None
    await engine.dispose()


async def test_lists_are_paged_newest_first(sandbox: Sandbox) -> None:
    made = [await sandbox.a_wallet(f"w{n}") for n in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await sandbox.get("/wallets", limit=2, **cursor)
        seen += [wallet["id"] for wallet in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[::-1]


def test_the_demo_payer_has_a_valid_iban() -> None:
    assert IBAN(GERMAN_IBAN).is_valid
