"""The operator's staff at work: everybody does only their part, money takes two of them, and what they did cannot be undone."""

import asyncio
import json
import re
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from regrade.app import make_app
from regrade.platform import Caller, Refused, wait_for
from regrade.story import CompanyCard
from tests.journeys.doors import NOBODY
from tests.journeys.world import World, auditor_of

pytestmark = pytest.mark.journey

SHOP = CompanyCard("Atelier Boréal SAS", "pro@atelier-boreal.example", "Nantes", "44000", "8 rue Crébillon")
HOUSE = CompanyCard("Clinique du Parc SAS", "achats@clinique-du-parc.example", "Lyon", "69006", "1 rue Tronchet")
PASSWORD = "a password long enough"
EUR_50 = {"amount": 5000, "currency": "EUR"}


@pytest.fixture(scope="module")
def staff(world: World) -> dict[str, Caller]:
    """Support, trust, an engineer and two people of finance, invited by the environment's operator and signed in."""
    owner = owner_of(world)
    people = {}
    for name, role in {
        "sue": "support",
        "tom": "trust",
        "eve": "engineer",
        "finn": "finance",
        "fay": "finance",
    }.items():
        email = f"{name}-{uuid4().hex[:8]}@regrade.example"
        owner.post("/v1/company/invitations", {"email": email, "name": name.title(), "role": role})
        token = re.search(r"/join\?token=([\w.%-]+)", world.platform.mail_to(email)["text"])
        assert token is not None
        world.platform.anybody.post("/v1/invitation-acceptances", {"token": token[1], "password": PASSWORD})
        people[name] = world.platform.signed_in(email, PASSWORD)
    return people


def owner_of(world: World) -> Caller:
    """The person whom the environment names."""
    operator = world.contract["operator"]
    return world.platform.signed_in(operator["email"], operator["password"])


def refusal(work: Caller, path: str, body: object = None) -> str:
    with pytest.raises(Refused) as refused:
        work.post(path, body)
    return refused.value.code


def audit_log(world: World, *options: str) -> Result:
    return CliRunner().invoke(make_app(), ["audit", "log", "--contract", str(world.stack.paths.demo), *options])


def unknown_transfer(world: World) -> str:
    """Money that a buyer without an open order sends, once it is on the books; gives the bank line."""
    story, buyer = world.story, world.story.buyer(HOUSE)
    offer = next(one for one in buyer.caller.get("/v1/offers")["items"] if one["available"])
    order = story.place_order(buyer, [(offer, 1)], HOUSE.deliver_to(), "cancelled at once")
    order, _ = story.purchase_order(buyer, order["id"])
    buyer.caller.post(f"/v1/orders/{order['id']}/cancellation")
    story.order_in(buyer, order["id"], "CANCELLED_BY_BUYER")
    auditor = auditor_of(world.stack, world.platform)
    known = {one["id"] for one in auditor.each("/v1/bank-lines")}
    story.wire(buyer, order, 5000, remittance="thank you")

    def there() -> str | None:
        return next((one["id"] for one in auditor.each("/v1/bank-lines") if one["id"] not in known), None)

    return wait_for(there, "the transfer to be on the books")


def an_applicant(world: World) -> str:
    """A seller whose application is complete and handed in."""
    story, platform = world.story, world.platform
    applied = platform.anybody.post("/v1/sellers", SHOP.seller_application("fr-pro", ["normal"]))
    token = re.search(r"/activate\?token=([\w.%-]+)", platform.mail_to(SHOP.email, "Activez")["text"])
    assert token is not None
    password = story.password_of(SHOP.email)
    platform.anybody.post("/v1/activations", {"token": token[1], "password": password})
    story.hand_in(platform.signed_in(SHOP.email, password), applied["company_id"])
    company_id: str = applied["company_id"]
    return company_id


def entries(world: World, service: str, **wanted: str) -> list[dict[str, Any]]:
    return list(auditor_of(world.stack, world.platform).each(f"/v1/operator/audit-logs/{service}", **wanted))


def test_everybody_of_the_staff_does_their_part_and_no_other(world: World, staff: dict[str, Caller]) -> None:
    correction = {"kind": "return_unapplied", "subject_id": NOBODY, "amount": EUR_50, "reason": "sent twice"}
    for name in ("sue", "tom", "eve"):
        assert refusal(staff[name], "/v1/operator/money-corrections", correction) == "scope_missing"
    assert refusal(staff["finn"], "/v1/operator/money-corrections", correction) == "bank_line_not_found"
    for name in ("sue", "eve", "finn"):
        assert refusal(staff[name], f"/v1/operator/sellers/{NOBODY}/approval") == "scope_missing"
    assert refusal(staff["tom"], f"/v1/operator/sellers/{NOBODY}/approval") == "seller_not_found"
    assert refusal(staff["finn"], f"/v1/operator/companies/{NOBODY}/closure") == "scope_missing"
    assert refusal(staff["sue"], f"/v1/operator/companies/{NOBODY}/closure") == "company_not_found"
    assert staff["eve"].get("/v1/operator/status")
    for name, path in (("eve", "/v1/orders"), ("sue", "/v1/ledger/journals"), ("tom", "/v1/operator/audit-logs")):
        with pytest.raises(Refused) as refused:
            staff[name].get(path)
        assert refused.value.code == "scope_missing"


def test_what_staff_does_to_a_seller_is_in_the_log_with_their_role_and_what_changed(
    world: World, staff: dict[str, Caller]
) -> None:
    seller = an_applicant(world)
    staff["tom"].post(f"/v1/operator/sellers/{seller}/review")
    refusal_of_docs = {"reason": "documents_missing", "next_step": "Send the extract of the register."}
    staff["tom"].post(f"/v1/operator/sellers/{seller}/rejection", refusal_of_docs)
    looked, rejected = entries(world, "accounts", subject=seller)
    assert (looked["act"], rejected["act"], rejected["reason"]) == (
        "review_application",
        "reject_application",
        "documents_missing",
    )
    assert looked["actor"] == rejected["actor"] == {"kind": "person", "id": me(staff["tom"]), "role": "trust"}
    assert looked["details"]["changed"]["state"] == {"before": "submitted", "after": "in_review"}
    invited = entries(world, "accounts", act="invite_into_company")
    assert {one["actor"]["role"] for one in invited} == {"owner"}
    assert "finn-" not in json.dumps(invited), "addresses of people are no part of the log"


def test_money_moves_by_hand_only_between_two_people_of_finance(world: World, staff: dict[str, Caller]) -> None:
    line = unknown_transfer(world)
    body = {"kind": "return_unapplied", "subject_id": line, "amount": EUR_50, "reason": "The sender asks for it."}
    proposed = staff["finn"].post("/v1/operator/money-corrections", body)
    path = f"/v1/operator/money-corrections/{proposed['id']}"
    assert refusal(staff["finn"], f"{path}/confirmation") == "second_person_needed"
    assert refusal(world.story.operator, f"{path}/confirmation") == "people_only"
    assert refusal(staff["sue"], f"{path}/confirmation") == "scope_missing"
    waiting = [one["id"] for one in staff["fay"].each("/v1/operator/money-corrections", state="pending")]
    assert proposed["id"] in waiting
    confirmed = staff["fay"].post(f"{path}/confirmation")
    assert (confirmed["state"], confirmed["decided_by"]) == ("confirmed", me(staff["fay"]))

    def sent_back() -> bool | None:
        refunds = auditor_of(world.stack, world.platform).each("/v1/refunds")
        return any(one["amount"] == EUR_50 and one["state"] in ("sent", "settled") for one in refunds) or None

    wait_for(sent_back, "the money to go back")
    (made,) = entries(world, "payments", act="confirm_money_correction")
    assert (made["actor"]["id"], made["subject"]["id"]) == (me(staff["fay"]), proposed["id"])
    assert made["details"]["changed"]["state"] == {"before": "pending", "after": "confirmed"}


def test_another_bank_account_of_a_seller_takes_two_people_the_second_one_of_finance(
    world: World, staff: dict[str, Caller]
) -> None:
    seller = world.sellers[1]
    person = world.platform.signed_in(seller.email, seller.password)
    payout = {"iban": "FR1420041010050500013M02606", "holder": seller.company}
    asked = person.post("/v1/company/change-requests", {"payout": payout, "note": "We have changed our bank."})
    path = f"/v1/operator/change-requests/{asked['id']}/approval"
    assert refusal(world.story.operator, path) == "people_only"
    assert staff["sue"].post(path)["state"] == "open"
    assert refusal(staff["sue"], path) == "second_person_needed"
    waiting = {one["subject_id"]: one["signed_by"] for one in staff["fay"].each("/v1/operator/second-signatures")}
    assert waiting[asked["id"]] == me(staff["sue"])
    assert staff["fay"].post(path)["state"] == "approved"
    signed, made = entries(world, "accounts", subject=asked["id"])
    assert [one["actor"]["role"] for one in (signed, made)] == ["support", "finance"]
    assert signed["details"]["changed"] == {"signed_first_by": {"before": None, "after": me(staff["sue"])}}
    assert made["details"]["changed"]["state"] == {"before": "open", "after": "approved"}
    assert payout["iban"] not in json.dumps([signed, made])


def test_the_log_is_proven_from_outside_and_who_owns_the_database_cannot_change_it_unseen(world: World) -> None:
    """Last in this file: what it does to the log is put back, byte by byte."""
    wait_for(lambda: audit_log(world).exit_code == 0 or None, "the newest hash to be published")
    report = json.loads(audit_log(world, "--output", "json").stdout)
    assert [law["verdict"] for law in report["laws"]] == ["ok", "ok"]
    victim = entries(world, "accounts", act="reject_application")[-1]["seq"]
    for tamper, mend in (
        (f"update audit_log set reason = 'other' where seq = {victim}",
         f"update audit_log set reason = 'documents_missing' where seq = {victim}"),
        ("create table kept as select * from audit_log where seq = (select max(seq) from audit_log); "
         "delete from audit_log where seq = (select max(seq) from audit_log)",
         "insert into audit_log select * from kept; drop table kept"),
    ):  # fmt: skip
        asyncio.run(as_superuser(world, tamper))
        try:
            done = audit_log(world, "--output", "json")
            report = json.loads(done.stdout)
            assert (done.exit_code, report["verdict"]) == (1, "violated"), report
            (witness,) = [law["witness"] for law in report["laws"] if law["verdict"] == "violated"]
            assert witness["service"] == "accounts"
        finally:
            asyncio.run(as_superuser(world, mend))
    assert audit_log(world).exit_code == 0


async def as_superuser(world: World, statements: str) -> None:
    """Like an insider with every right: triggers off, then whatever is wanted."""
    connection = await asyncpg.connect(world.stack.admin_url().rsplit("/", 1)[0] + "/accounts")
    try:
        await connection.execute(f"begin; set local session_replication_role = replica; {statements}; commit")
    finally:
        await connection.close()


def me(caller: Caller) -> str:
    """The id of a signed-in person."""
    subject: str = caller.get("/v1/me")["subject"]["id"]
    return subject
