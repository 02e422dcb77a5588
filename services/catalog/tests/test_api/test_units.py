"""Passports over HTTP: pushed, read, checked by strangers, and kept in one hand."""

import asyncio
import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from catalog.domain.seller import Seller
from catalog.use_cases.follow_case import FollowCase, follow_case
from catalog.use_cases.note_shipped import NoteShipped, note_shipped
from chassis.kernel.ids import Id, new_id

from ..builders import NOW, a_line
from ..conftest import results

pytestmark = pytest.mark.storage

IMEI, OTHER_IMEI = "490154203237518", "356938035643809"
AT = (NOW - timedelta(days=1)).isoformat()
FULL = {
    "imei": IMEI,
    "sku": "A-1",
    "grade": "good",
    "battery_health_percent": 91,
    "battery_cycles": 230,
    "diagnostics": [{"test": "screen", "result": "pass", "at": AT}],
    "replaced_parts": [{"part": "battery", "kind": "compatible"}],
    "erasure": {"standard": "NIST 800-88 Purge", "certificate_sha256": "ab" * 32, "at": AT, "tool": "Eraser 7"},
}


class Bench:
    """A seller with an offer, and its devices."""

    def __init__(self, door: Any, seller: Seller) -> None:
        self.door = door
        self.seller = seller

    async def answer(self, *lines: Any, key: str | None = None) -> Any:
        body = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
        own = self.door.tokens.headers("seller", self.seller.id, "stock:write", market=None, key=key)
        headers = {"Content-Type": "application/x-ndjson", **own}
        return await self.door.client.patch("/v1/seller/units", content=body.encode(), headers=headers)

    async def push(self, *lines: Any) -> list[dict[str, Any]]:
        return results(await self.answer(*lines))

    async def read(self, path: str = "", **params: Any) -> Any:
        return await self.door.get("/v1/seller/units" + path, "seller", self.seller.id, "stock:read", **params)

    async def check(self, url: str) -> Any:
        return await self.door.client.get("/v1/units/check/" + url.rsplit("/", 1)[1])

    async def ship(self, *numbers: str) -> None:
        await self.run(partial(note_shipped, NoteShipped(self.seller.id, numbers)))

    async def case(self, case_id: Id, *steps: Any, **more: Any) -> None:
        for step in steps:
            await self.run(partial(follow_case, FollowCase(case_id, self.seller.id, step, **more)))

    async def run(self, work: Any) -> None:
        await self.door.catalog.executor.run(work)

    async def state(self, number: str = IMEI) -> str:
        items = (await self.read(number=number)).json()["items"]
        return str(items[0]["state"])


async def a_bench(door: Any) -> Bench:
    seller = await door.catalog.admit()
    assert results(await door.push(seller, [a_line("A-1")]))[0]["status"] == "created"
    return Bench(door, seller)


@pytest.fixture
async def bench(door: Any) -> Bench:
    return await a_bench(door)


async def test_a_passport_says_what_was_pushed_and_a_repeat_changes_nothing(bench: Bench) -> None:
    (made,) = await bench.push(FULL)
    assert (made["status"], made["state"], made["number"]) == ("created", "in_stock", IMEI)
    (again,) = await bench.push(FULL)
    assert (again["status"], again["unit_id"], again["check_url"]) == ("unchanged", made["unit_id"], made["check_url"])
    shown = (await bench.read("/" + made["unit_id"])).json()
    assert {name: shown[name] for name in ("imei", "serial", "grade", "battery_cycles")} == {
        "imei": IMEI,
        "serial": None,
        "grade": "good",
        "battery_cycles": 230,
    }
    assert shown["erasure"]["certificate_sha256"] == "ab" * 32
    assert [one["what"] for one in shown["history"]] == ["registered"]


async def test_a_later_line_changes_what_it_sends_and_the_history_tells_what_it_was(bench: Bench) -> None:
    (made,) = await bench.push(FULL)
    (changed,) = await bench.push({"imei": IMEI, "battery_health_percent": 100, "replaced_parts": []})
    assert changed["status"] == "updated"
    shown = (await bench.read("/" + made["unit_id"])).json()
    assert (shown["version"], shown["battery_health_percent"], shown["battery_cycles"]) == (2, 100, 230)
    assert shown["history"][1]["changes"]["battery_health_percent"] == {"before": 91, "after": 100}
    assert set(shown["history"][1]["changes"]) == {"battery_health_percent", "replaced_parts"}
    told = await bench.door.catalog.events("catalog.unit", Id(made["unit_id"]))
    assert [(one.type, one.seq) for one in told] == [
        ("catalog.unit.registered.v1", 1),
        ("catalog.unit.described.v1", 2),
    ]
    assert told[1].data["unit"] == {"imei": IMEI}
    assert told[1].data["battery_health_percent"] == 100


async def test_every_wrong_line_says_what_is_wrong_and_keeps_no_other_out(bench: Bench) -> None:
    lines: list[tuple[Any, str]] = [
        ({**FULL, "imei": "490154203237519"}, "imei_invalid"),
        ({**FULL, "serial": "C02XK0A1JHD2"}, "unit_number_missing"),
        ({"serial": "SN-00001", "sku": "A-1"}, "fields_missing"),
        ({"serial": "SN-00002", "sku": "NONE", "grade": "good"}, "unit_sku_unknown"),
        ({"serial": "SN-00003", "sku": "A-1", "grade": "splendid"}, "unit_facts_invalid"),
        ({"serial": "SN-00004", "sku": "A-1", "grade": "good", "state": "retired"}, "unit_move_refused"),
        ({**FULL, "battery_health_percent": 101}, "validation_failed"),
        ({**FULL, "erasure": {**FULL["erasure"], "certificate_sha256": "no"}}, "validation_failed"),  # type: ignore[dict-item]
        ({**FULL, "owner": "somebody"}, "validation_failed"),
        ("{", "malformed_json"),
        ({"serial": "SN-00005", "sku": "A-1", "grade": "good"}, "unit_repeated"),
    ]
    answers = await bench.push(*(line for line, _ in lines), {"serial": "sn-00005", "sku": "a-1", "grade": "good"})
    assert [one["problem"]["code"] for one in answers[:-1]] == [code for _, code in lines]
    assert (answers[-1]["status"], answers[-1]["number"]) == ("created", "SN-00005")


async def test_a_device_that_another_seller_holds_is_refused_without_a_word_about_whom(bench: Bench) -> None:
    await bench.push(FULL)
    rival = await a_bench(bench.door)
    (refused,) = await rival.push(FULL)
    assert refused["problem"]["code"] == "unit_held_elsewhere"
    assert str(bench.seller.id) not in json.dumps(refused)
    assert "unit_id" not in refused
    # Sold on to the trade: the first seller lets go of it, and the other one may take it in.
    await bench.push({"imei": IMEI, "state": "retired"})
    assert (await rival.push(FULL))[0]["status"] == "created"
    assert (await bench.push(FULL))[0]["problem"]["code"] == "unit_held_elsewhere"


async def test_of_two_sellers_at_once_one_gets_the_device(bench: Bench) -> None:
    rivals = [bench, *[await a_bench(bench.door) for _ in range(3)]]
    numbers = [{"serial": f"RACE-{n:05}", "sku": "A-1", "grade": "good"} for n in range(20)]
    answers = await asyncio.gather(
        *[one.push(*(numbers if n % 2 else reversed(numbers))) for n, one in enumerate(rivals)]
    )
    winners = [line["number"] for answer in answers for line in answer if line["status"] == "created"]
    assert sorted(winners) == [one["serial"] for one in numbers]
    losers = {line["problem"]["code"] for answer in answers for line in answer if line["status"] == "rejected"}
    assert losers == {"unit_held_elsewhere"}


async def test_a_passport_follows_its_device_out_and_back(bench: Bench) -> None:
    await bench.push(FULL)
    await bench.ship(IMEI, "NOBODYS-1")
    assert await bench.state() == "shipped"
    (refused,) = await bench.push({"imei": IMEI, "grade": "fair"})
    assert refused["problem"]["code"] == "unit_move_refused"
    case = new_id()
    await bench.case(case, "opened", number=IMEI)
    await bench.case(case, "received")
    assert await bench.state() == "in_repair"
    assert (await bench.push({"imei": IMEI, "battery_health_percent": 99}))[0]["status"] == "updated"
    await bench.case(case, "sent_back")
    assert await bench.state() == "shipped"
    second = new_id()
    await bench.case(second, "opened", number=IMEI)
    await bench.case(second, "received", "given_back", "given_back")
    assert await bench.state() == "returned"
    assert (await bench.push({"imei": IMEI, "state": "in_stock"}))[0]["state"] == "in_stock"
    await bench.ship(IMEI)
    assert await bench.state() == "shipped"


async def test_a_replacement_leaves_and_the_broken_device_stays(bench: Bench) -> None:
    await bench.push(FULL, {**FULL, "imei": OTHER_IMEI})
    await bench.ship(IMEI)
    case = new_id()
    await bench.case(case, "opened", number=IMEI)
    await bench.case(case, "received")
    await bench.case(case, "replaced", replacement=OTHER_IMEI)
    assert (await bench.state(IMEI), await bench.state(OTHER_IMEI)) == ("returned", "shipped")


async def test_another_sellers_parcel_moves_nobody_elses_passport(bench: Bench) -> None:
    await bench.push(FULL)
    rival = await a_bench(bench.door)
    await rival.ship(IMEI)
    assert await bench.state() == "in_stock"


async def test_whoever_scans_the_label_reads_of_the_device_and_of_nobody(bench: Bench) -> None:
    (made,) = await bench.push(FULL)
    await bench.ship(IMEI)
    answer = await bench.check(made["check_url"])
    assert answer.status_code == 200
    shown = answer.json()
    assert shown["title"] == "Apple iPhone 13 128GB 4GB RAM Blue"
    assert (shown["masked_number"], shown["state"]) == ("•••••••••••7518", "shipped")
    assert [one["what"] for one in shown["history"]] == ["registered", "shipped"]
    assert not {IMEI, str(bench.seller.id), "A-1", made["unit_id"]} & set(json.dumps(shown).replace('"', " ").split())
    assert IMEI not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    unknown = await bench.check("https://market.example/check/" + "0" * 32)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unit_check_not_found")


async def test_the_label_is_a_picture_that_leads_to_the_check_page(bench: Bench) -> None:
    (made,) = await bench.push(FULL)
    label = await bench.read(f"/{made['unit_id']}/label")
    assert label.headers["content-type"].startswith("image/svg+xml")
    assert label.text.startswith("<svg ")
    assert made["check_url"] in label.text
    assert IMEI not in label.text


async def test_ones_own_devices_are_found_page_by_page_and_nobody_elses(bench: Bench) -> None:
    await bench.push(*({"serial": f"PAGE-{n:05}", "sku": "A-1", "grade": "good"} for n in range(5)))
    first = (await bench.read(limit=3)).json()
    rest = (await bench.read(limit=3, cursor=first["next_cursor"])).json()
    assert len({one["serial"] for one in (*first["items"], *rest["items"])}) == 5
    assert (await bench.read(state="shipped")).json()["items"] == []
    assert len((await bench.read(sku="a-1", limit=200)).json()["items"]) == 5
    rival = await a_bench(bench.door)
    assert (await rival.read()).json()["items"] == []
    missing = await rival.read("/" + first["items"][0]["id"])
    assert (missing.status_code, missing.json()["code"]) == (404, "unit_not_found")
    assert (await rival.read(f"/{first['items'][0]['id']}/label")).status_code == 404


async def test_a_repeat_with_the_same_key_gets_the_same_bytes(bench: Bench) -> None:
    first = await bench.answer(FULL, key="units-1")
    again = await bench.answer(FULL, key="units-1")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content


async def test_who_may_not_push(bench: Bench) -> None:
    own = bench.door.tokens.headers("seller", new_id(), "stock:write", market=None)
    headers = {"Content-Type": "application/x-ndjson", **own}
    unknown = await bench.door.client.patch("/v1/seller/units", content=json.dumps(FULL), headers=headers)
    assert (unknown.status_code, unknown.json()["code"]) == (409, "seller_not_active")
    wrong = await bench.door.client.patch("/v1/seller/units", json=[FULL], headers=own)
    assert wrong.status_code == 415


@pytest.mark.parametrize("statement", ["update unit_history set what = 'shipped'", "delete from unit_history"])
async def test_the_past_of_a_device_is_append_only(bench: Bench, statement: str) -> None:
    await bench.push(FULL)
    with pytest.raises(DBAPIError, match="append-only"):
        await bench.door.catalog.rows(statement)


async def test_a_large_batch_takes_a_few_statements(bench: Bench) -> None:
    from chassis.testing.statements import sent_statements

    lines = [{"serial": f"MANY-{n:05}", "sku": "A-1", "grade": "good"} for n in range(2_000)]
    with sent_statements(bench.door.catalog.engine) as statements:
        answers = await bench.push(*lines)
    assert {one["status"] for one in answers} == {"created"}
    assert len(statements) < 20
