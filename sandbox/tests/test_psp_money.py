"""Money at the payment provider: it moves, it never appears or vanishes."""

import asyncio
import random

import pytest
from sandbox_builders import FRENCH_IBAN, GERMAN_IBAN, Sandbox, a_payout, euros, eventually

pytestmark = pytest.mark.storage


async def position(sandbox: Sandbox) -> dict[str, int]:
    [euro] = (await sandbox.get("/balance"))["balances"]
    return {name: value for name, value in euro.items() if name != "currency"}


async def test_a_transfer_takes_from_one_wallet_and_fills_the_other(sandbox: Sandbox) -> None:
    buyer, seller = await sandbox.a_filled_wallet(12990), await sandbox.a_wallet("seller-1")
    move = {"reference": "t-1", "from_wallet_id": buyer, "to_wallet_id": seller, "amount": euros(12000)}
    transfer = await sandbox.made("/transfers", move | {"metadata": {"order": "ORD-1"}})
    assert (await sandbox.holds(buyer), await sandbox.holds(seller)) == (990, 12000)
    assert transfer["metadata"] == {"order": "ORD-1"}
    assert (await sandbox.get("/transfers", reference="t-1"))["items"] == [transfer]
    assert (await sandbox.get("/transfers", reference="t-2"))["items"] == []


async def test_a_wallet_never_gives_more_than_it_holds(sandbox: Sandbox) -> None:
    buyer, seller = await sandbox.a_filled_wallet(1000), await sandbox.a_wallet("seller-1")
    move = {"reference": "t", "from_wallet_id": buyer, "to_wallet_id": seller, "amount": euros(1001)}
    answer = await sandbox.post("/transfers", move)
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_funds")
    assert (await sandbox.holds(buyer), await sandbox.holds(seller)) == (1000, 0)
    assert len((await sandbox.get("/journal"))["items"]) == 1


async def test_of_many_transfers_at_once_only_those_the_wallet_can_fund_happen(sandbox: Sandbox) -> None:
    buyer, seller = await sandbox.a_filled_wallet(500), await sandbox.a_wallet("seller-1")
    move = {"reference": "t", "from_wallet_id": buyer, "to_wallet_id": seller, "amount": euros(100)}
    answers = await asyncio.gather(*[sandbox.post("/transfers", move) for _ in range(12)])
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 7
    assert (await sandbox.holds(buyer), await sandbox.holds(seller)) == (0, 500)


async def test_opposite_transfers_at_once_do_not_block_each_other(sandbox: Sandbox) -> None:
    one, two = await sandbox.a_filled_wallet(1000, "one"), await sandbox.a_filled_wallet(1000, "two")
    there = {"reference": "t", "from_wallet_id": one, "to_wallet_id": two, "amount": euros(10)}
    back = there | {"from_wallet_id": two, "to_wallet_id": one}
    answers = await asyncio.gather(*[sandbox.post("/transfers", move) for move in [there, back] * 10])
    assert {answer.status_code for answer in answers} == {201}
    assert (await sandbox.holds(one), await sandbox.holds(two)) == (1000, 1000)


@pytest.mark.parametrize("minor", [0, -1, 1.5, "100", 10**15 + 1, True])
async def test_an_amount_is_a_positive_integer_of_minor_units(sandbox: Sandbox, minor: object) -> None:
    wallet_id = await sandbox.a_wallet()
    answer = await sandbox.post("/payouts", a_payout(wallet_id, 1, amount={"amount": minor, "currency": "EUR"}))
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_a_payout_leaves_the_wallet_at_once_and_settles_later(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(5000)
    payout = await sandbox.made("/payouts", a_payout(wallet_id, 4000))
    assert payout["status"] == "created"
    assert await sandbox.holds(wallet_id) == 1000
    [told] = await sandbox.platform.gets("payout.settled")
    assert told["data"]["id"] == payout["id"]
    assert told["data"]["reference"] == "pay-1"
    assert told["data"]["amount"] == euros(4000)
    settled = await sandbox.get(f"/payouts/{payout['id']}")
    assert settled["status"] == "settled"
    assert (await sandbox.get("/payouts", reference="pay-1"))["items"] == [settled]
    assert await position(sandbox) == {
        "received": 5000,
        "wallets": 1000,
        "in_transit": 0,
        "paid_out": 4000,
        "refunded": 0,
    }


async def test_a_payout_to_a_closed_account_comes_back(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(5000)
    await sandbox.http.put(f"/bank/closed-accounts/{FRENCH_IBAN}")
    payout = await sandbox.made("/payouts", a_payout(wallet_id, 4000))
    [told] = await sandbox.platform.gets("payout.failed")
    assert (told["data"]["id"], told["data"]["failure_reason"]) == (payout["id"], "account_closed")
    assert await sandbox.holds(wallet_id) == 5000
    await sandbox.http.delete(f"/bank/closed-accounts/{FRENCH_IBAN}")
    await sandbox.made("/payouts", a_payout(wallet_id, 4000))
    await sandbox.platform.gets("payout.settled")


async def test_a_payout_fails_when_a_tester_says_so(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(5000)
    await sandbox.fault("psp.payouts", "fail")
    await sandbox.made("/payouts", a_payout(wallet_id, 4000))
    [told] = await sandbox.platform.gets("payout.failed")
    assert told["data"]["failure_reason"] == "refused_by_bank"
    assert await sandbox.holds(wallet_id) == 5000


@pytest.mark.parametrize("iban", ["FR1420041010050500013M02607", "hello", "DE00"])
async def test_a_payout_needs_a_valid_iban(sandbox: Sandbox, iban: str) -> None:
    wallet_id = await sandbox.a_filled_wallet(100)
    answer = await sandbox.post("/payouts", a_payout(wallet_id, 100, creditor_iban=iban))
    assert (answer.status_code, answer.json()["code"]) == (422, "iban_invalid")
    assert iban not in answer.text
    assert await sandbox.holds(wallet_id) == 100


async def test_a_refund_goes_back_to_where_the_credit_came_from(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    credit = await sandbox.a_credit(wallet_id, 5000)
    body = {"reference": "ref-1", "credit_id": credit["id"], "wallet_id": wallet_id, "amount": euros(2000)}
    refund = await sandbox.made("/refunds", body)
    assert refund["debtor_iban"] == GERMAN_IBAN
    [told] = await sandbox.platform.gets("refund.settled")
    assert (told["data"]["reference"], told["data"]["amount"]) == ("ref-1", euros(2000))
    [listed] = (await sandbox.get("/credits"))["items"]
    assert listed["refunded"] == euros(2000)
    assert await sandbox.get(f"/credits/{credit['id']}") == listed
    assert (await sandbox.get("/refunds", reference="ref-1"))["items"][0]["status"] == "settled"
    assert (await position(sandbox))["refunded"] == 2000


async def test_a_refund_may_be_funded_by_another_wallet_and_go_to_another_iban(sandbox: Sandbox) -> None:
    credit = await sandbox.a_credit(await sandbox.a_wallet("buyer"), 5000)
    seller = await sandbox.a_filled_wallet(3000, "seller")
    body = {"reference": "r", "credit_id": credit["id"], "wallet_id": seller, "amount": euros(3000)}
    refund = await sandbox.made("/refunds", body | {"debtor_iban": "fr14 2004 1010 0505 0001 3m02 606"})
    assert refund["debtor_iban"] == FRENCH_IBAN
    assert await sandbox.holds(seller) == 0


async def test_refunds_of_a_credit_never_exceed_it_however_many_arrive_at_once(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(100_000)
    credit = await sandbox.a_credit(wallet_id, 5000)
    body = {"reference": "r", "credit_id": credit["id"], "wallet_id": wallet_id, "amount": euros(1500)}
    answers = await asyncio.gather(*[sandbox.post("/refunds", body) for _ in range(10)])
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"refund_exceeds_credit"}


async def test_a_failed_refund_can_be_tried_again(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_wallet()
    credit = await sandbox.a_credit(wallet_id, 5000)
    await sandbox.fault("psp.refunds", "fail")
    body = {"reference": "r", "credit_id": credit["id"], "wallet_id": wallet_id, "amount": euros(5000)}
    await sandbox.made("/refunds", body)
    await sandbox.platform.gets("refund.failed")
    assert await sandbox.holds(wallet_id) == 5000
    await sandbox.made("/refunds", body)
    await sandbox.platform.gets("refund.settled")
    assert await sandbox.holds(wallet_id) == 0


async def test_the_journal_tells_every_move_and_no_other(sandbox: Sandbox) -> None:
    buyer, seller = await sandbox.a_filled_wallet(100), await sandbox.a_wallet("seller")
    move = {"reference": "t", "from_wallet_id": buyer, "to_wallet_id": seller, "amount": euros(60)}
    await sandbox.made("/transfers", move)
    payout = await sandbox.made("/payouts", a_payout(seller, 60))
    await sandbox.platform.gets("payout.settled")
    lines = (await sandbox.get("/journal"))["items"][::-1]
    assert [(line["kind"], line["from"], line["to"], line["amount"]["amount"]) for line in lines] == [
        ("credit", "bank", buyer, 100),
        ("transfer", buyer, seller, 60),
        ("payout.created", seller, "in_transit", 60),
        ("payout.settled", "in_transit", "bank", 60),
    ]
    assert lines[2]["object_id"] == lines[3]["object_id"] == payout["id"]


async def test_nothing_appears_or_vanishes_in_a_busy_day(sandbox: Sandbox) -> None:
    chance = random.Random(20261121)
    wallets = [await sandbox.a_filled_wallet(1000, f"w{n}") for n in range(4)]
    await sandbox.fault("psp.payouts", "fail", times=5)

    async def something() -> None:
        one, two = chance.sample(wallets, 2)
        amount = euros(chance.randint(1, 600))
        if chance.random() < 0.5:
            await sandbox.post(
                "/transfers", {"reference": "t", "from_wallet_id": one, "to_wallet_id": two, "amount": amount}
            )
        else:
            await sandbox.post("/payouts", a_payout(one, 1, amount=amount))

    await asyncio.gather(*[something() for _ in range(60)])

    async def quiet() -> dict[str, int] | None:
        now = await position(sandbox)
        assert now["received"] == sum(now.values()) - now["received"]
        return now if now["in_transit"] == 0 else None

    at_rest = await eventually(quiet)
    assert at_rest["received"] == 4000
    assert at_rest["wallets"] == sum([await sandbox.holds(wallet) for wallet in wallets])
    sums = dict.fromkeys(wallets, 0)
    for line in (await sandbox.get("/journal", limit=500))["items"]:
        for account, sign in ((line["from"], -1), (line["to"], 1)):
            if account in sums:
                sums[account] += sign * line["amount"]["amount"]
    assert sums == {wallet: await sandbox.holds(wallet) for wallet in wallets}
