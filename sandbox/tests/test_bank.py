"""Everybody else's bank, by program and by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from sandbox_builders import GERMAN_IBAN, Sandbox, euros

pytestmark = pytest.mark.storage


async def test_a_bank_transfer_fills_the_wallet_and_tells_the_platform(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    account = await sandbox.an_account(wallet_id, reference="buyer-7")
    credit = (await sandbox.wire(account["iban"], 12990, remittance="ORD-7", value_date="2026-11-20")).json()
    assert await sandbox.holds(wallet_id) == 12990
    [told] = await sandbox.platform.gets("bank.credit_received")
    assert told["data"] == {
        "credit_id": credit["id"],
        "virtual_account_id": account["id"],
        "iban": account["iban"],
        "wallet_id": wallet_id,
        "amount": euros(12990),
        "value_date": "2026-11-20",
        "booked_at": told["data"]["booked_at"],
        "debtor_name": "Reparo SAS",
        "debtor_iban": GERMAN_IBAN,
        "remittance": "ORD-7",
    }
    assert datetime.fromisoformat(told["data"]["booked_at"]) == datetime.fromisoformat(credit["booked_at"])
    for found in ({"reference": "buyer-7"}, {"virtual_account_id": account["id"]}):
        assert [c["id"] for c in (await sandbox.get("/credits", **found))["items"]] == [credit["id"]]
    assert (await sandbox.get("/credits", reference="buyer-8"))["items"] == []


async def test_an_iban_may_be_written_with_spaces(sandbox: Sandbox) -> None:
    account = await sandbox.an_account(await sandbox.a_wallet())
    spaced = " ".join(account["iban"][i : i + 4] for i in range(0, 27, 4)).lower()
    assert (await sandbox.wire(spaced, 100)).status_code == 201


async def test_money_to_an_unknown_iban_is_refused(sandbox: Sandbox) -> None:
    answer = await sandbox.wire(GERMAN_IBAN, 100)
    assert (answer.status_code, answer.json()["code"]) == (404, "iban_unknown")


async def test_money_in_another_currency_is_refused(sandbox: Sandbox) -> None:
    account = await sandbox.an_account(await sandbox.a_wallet())
    answer = await sandbox.wire(account["iban"], 0, amount={"amount": 100, "currency": "DKK"})
    assert (answer.status_code, answer.json()["code"]) == (422, "currency_mismatch")


async def test_the_value_date_is_today_in_business_time(sandbox: Sandbox) -> None:
    account = await sandbox.an_account(await sandbox.a_wallet())
    await sandbox.http.put("/clock", json={"offset_seconds": 40 * 86400})
    before = (datetime.now(UTC) + timedelta(days=40)).date()
    credit = (await sandbox.wire(account["iban"], 100)).json()
    after = (datetime.now(UTC) + timedelta(days=40)).date()
    assert credit["value_date"] in {before.isoformat(), after.isoformat()}


async def test_a_person_pays_by_the_form(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    account = await sandbox.an_account(wallet_id)
    empty = await sandbox.http.get("/bank", params={"iban": account["iban"], "amount": "129.90", "remittance": "ORD-1"})
    assert f'value="{account["iban"]}"' in empty.text
    form = {"iban": account["iban"], "amount": "129,90", "debtor_name": "Réparo & fils", "debtor_iban": GERMAN_IBAN}
    answer = await sandbox.http.post("/bank", data=form | {"remittance": "ORD-1"})
    assert answer.status_code == 201
    assert "Sent 129.90 EUR" in answer.text
    assert "Réparo &amp; fils" in answer.text
    assert await sandbox.holds(wallet_id) == 12990


@pytest.mark.parametrize("amount", ["", "abc", "1.999", "-5", "0", "1e400", "NaN", "Infinity", "9" * 30])
async def test_the_form_explains_a_wrong_amount(sandbox: Sandbox, amount: str) -> None:
    wallet_id = await sandbox.a_wallet()
    account = await sandbox.an_account(wallet_id)
    form = {"iban": account["iban"], "amount": amount, "debtor_name": "R", "debtor_iban": GERMAN_IBAN}
    answer = await sandbox.http.post("/bank", data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await sandbox.holds(wallet_id) == 0


async def test_the_form_explains_an_unknown_iban(sandbox: Sandbox) -> None:
    form = {"iban": GERMAN_IBAN + "\x00", "amount": "1", "debtor_name": "R", "debtor_iban": GERMAN_IBAN}
    answer = await sandbox.http.post("/bank", data=form)
    assert answer.status_code == 404
    assert "No account has this IBAN" in answer.text


async def test_what_a_person_types_is_shown_as_text_and_never_runs(sandbox: Sandbox) -> None:
    answer = await sandbox.http.get("/bank", params={"remittance": '"><script>alert(1)</script>'})
    assert "<script>" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
