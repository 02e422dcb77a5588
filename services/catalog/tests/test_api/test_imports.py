"""Files of stock: guessed right or refused by name, worked through, stopped before they empty a shop, answered line by line."""

import asyncio
import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from catalog.api.csv_files import ROWS_PER_PART
from catalog.api.csv_lines import read_part
from catalog.api.offer_tables import export_seller_offers
from catalog.clients.import_errand import ImportErrand
from catalog.domain.seller import Seller, SellerState
from catalog.storage.import_queries import ImportQueries
from catalog.storage.offer_export import OfferExport
from catalog.use_cases.apply_part import ApplyPart, apply_part
from catalog.use_cases.cancel_import import LapseImport, lapse_import
from catalog.use_cases.forget_import import ForgetImport, forget_import
from catalog.use_cases.push_offers import push_offers
from catalog.use_cases.start_import import StartImport, start_import
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id, new_id

from ..builders import NOW, a_line, a_patch, a_push, euros
from ..conftest import Door

pytestmark = pytest.mark.storage

PATH = "/v1/seller/imports"
HEADER = (
    "sku,brand,model,category,storage,grade,price,currency,quantity,vat_regime,ship_from,warranty_months,"
    "battery_health_percent,dispatch_business_days,shipping_fee"
)


def a_row(sku: str, price: str = "389.00", quantity: int | str = 5, **changes: str) -> str:
    """A row under HEADER that says everything."""
    cells = [
        sku, "Apple", "iPhone 13", "smartphone", "128GB", "good", price, "EUR", str(quantity), "normal", "FR", "12", "90", "1",
        "9.90",
    ]  # fmt: skip
    names = HEADER.split(",")
    return ",".join(changes.get(name, cell) for name, cell in zip(names, cells, strict=True))


def a_file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


class Desk:
    """Uploads as a seller does, and works as the errand does."""

    def __init__(self, door: Door, seller: Seller) -> None:
        self.door = door
        self.seller = seller
        self.catalog = door.catalog
        self.queries = ImportQueries(door.catalog.engine)

    def headers(self, key: str | None = None, *, write: bool = True) -> dict[str, str]:
        return self.door.tokens.headers(
            "seller", self.seller.id, "stock:write" if write else "stock:read", market=None, key=key
        )

    async def upload(self, body: bytes, key: str | None = None, **wishes: Any) -> httpx.Response:
        headers = {**self.headers(key), "Content-Type": "text/csv"}
        return await self.door.client.post(PATH, content=body, params=wishes, headers=headers)

    async def work(self, id: str) -> None:
        errand = ImportErrand(self.catalog.executor, self.queries, read_part)
        await errand(DueTimer(new_id(), "run_import", Id(id), self.catalog.clock.now(), {}))

    async def imported(self, body: bytes, **wishes: Any) -> dict[str, Any]:
        """Uploaded and worked through."""
        answer = await self.upload(body, **wishes)
        assert answer.status_code == 202, answer.text
        await self.work(answer.json()["id"])
        return await self.show(answer.json()["id"])

    async def show(self, id: str) -> dict[str, Any]:
        answer = await self.get(f"{PATH}/{id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str) -> httpx.Response:
        return await self.door.client.get(path, headers=self.headers(write=False))

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.door.client.post(path, json=body, headers=self.headers())

    async def results(self, id: str) -> list[dict[str, Any]]:
        answer = await self.get(f"{PATH}/{id}/results.ndjson")
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    async def errors(self, id: str) -> list[dict[str, str]]:
        answer = await self.get(f"{PATH}/{id}/errors.csv")
        assert answer.status_code == 200, answer.text
        return table(answer)

    async def on_sale(self) -> dict[str, int]:
        """Units by SKU."""
        rows = await self.catalog.rows(
            "select o.sku, st.available from offers o join stock st on st.offer_id = o.id "
            "where o.seller_id = :id and st.available > 0",
            id=self.seller.id,
        )
        return {row.sku: row.available for row in rows}


def table(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a table that was answered."""
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.fixture
async def desk(door: Any) -> Desk:
    return Desk(door, await door.catalog.admit())


def _problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def test_a_file_is_received_with_what_was_understood_and_then_worked_through(desk: Desk) -> None:
    answer = await desk.upload(a_file(a_row("A"), a_row("B", "1299.00", 2)))
    assert answer.status_code == 202
    received = answer.json()
    assert answer.headers["Location"] == f"{PATH}/{received['id']}"
    assert (received["state"], received["lines"], received["lines_done"]) == ("received", 2, 0)
    reading = received["reading"]
    assert (reading["encoding"], reading["delimiter"], reading["decimal_mark"]) == ("utf-8", "comma", "point")
    assert [line["understood"]["price"] for line in reading["first_lines"]] == [
        {"amount": 38_900, "currency": "EUR"},
        {"amount": 129_900, "currency": "EUR"},
    ]
    await desk.work(received["id"])
    done = await desk.show(received["id"])
    assert (done["state"], done["lines_done"], done["counts"]) == ("done", 2, {"created": 2})
    assert await desk.on_sale() == {"A": 5, "B": 2}
    assert [line["line"] for line in await desk.results(received["id"])] == [2, 3]
    facts = [row.type for row in await desk.catalog.events("catalog.import", Id(received["id"]))]
    assert facts == [f"catalog.import.{fact}.v1" for fact in ("received", "started", "done")]
    assert [row.seq for row in await desk.catalog.events("catalog.import")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("sku;Zustand;Preis;Menge;Farbe\nA;good;389,00;5;Grün\n", "utf-8", "utf-8"),
        ("sku;Zustand;Preis;Menge;Farbe\nA;good;389,00;5;Grün\n", "utf-8-sig", "utf-8-sig"),
        ("sku\tEtat\tPrix\tQuantité\tCouleur\nA\tgood\t389,00 €\t5\tBlé\n", "cp1252", "cp1252"),
        ("sku\tEtat\tPrix\tQuantité\tCouleur\nA\tgood\t389,00\t5\tBlé\n", "latin-1", "cp1252"),
        ("sku|grade|price|qty|colour\nA|good|389.00|5|Blue\n", "utf-16", "utf-16"),
        ("sku|grade|price|qty|colour\nA|good|389.00|5|Blue\n", "utf-16-be", "utf-16-be"),
        ("sep=;\nsku;grade;price;qty;colour\nA;good;389.00;5;Blue\n", "utf-8", "utf-8"),
    ],
)
async def test_however_a_shop_writes_its_table_it_is_read(desk: Desk, text: str, encoding: str, shown: str) -> None:
    answer = await desk.upload(text.encode(encoding), dry_run=True)
    assert answer.status_code == 202, answer.text
    reading = answer.json()["reading"]
    assert reading["encoding"] == shown
    assert [one["column"] for one in reading["columns"]] == ["sku", "grade", "price", "quantity", "color"]
    (line,) = reading["first_lines"]
    assert line["understood"]["price"] == {"amount": 38_900, "currency": "EUR"}
    assert line["understood"]["quantity"] == 5


@pytest.mark.parametrize(
    ("body", "wishes", "status", "code"),
    [
        (b"", {}, 422, "file_empty"),
        (b"name,amount\nA,1\n", {}, 422, "columns_not_recognised"),
        (b"price,quantity\n1,1\n", {}, 422, "columns_not_recognised"),
        (HEADER.encode() + b"\n", {}, 422, "import_empty"),
        (b"sku,price,prix\nA,1,2\n", {}, 422, "columns_ambiguous"),
        (b'sku,price\nA,"1\n', {}, 422, "csv_malformed"),
        (b"sku,price\nA\0,1\n", {}, 422, "csv_malformed"),
        (b"sku,price\n\xff\0,1\n", {}, 422, "encoding_unknown"),
        (b"sku,price\n\x81\x8d,1\n", {}, 422, "encoding_unknown"),
        (b"sku,price\n\xff,1\n", {"encoding": "utf-8"}, 422, "encoding_wrong"),
        (b"PK\x03\x04....", {}, 415, "unsupported_media_type"),
        (b"%PDF-1.7", {}, 415, "unsupported_media_type"),
        (gzip.compress(a_file(a_row("A")))[:-12], {}, 422, "gzip_malformed"),
        (gzip.compress(a_file(a_row("A"))) + b"trailing", {}, 422, "gzip_malformed"),
        (b"sku," + b",".join(b"c%d" % n for n in range(300)) + b"\n", {}, 422, "too_many_columns"),
        (b"sku\n" + b"x" * 300_000, {}, 422, "csv_malformed"),
        (a_file(a_row("A")), {"as_of": "2026-11-21T09:06:00Z"}, 422, "as_of_in_future"),
        (a_file(a_row("A")), {"column": "price:NO"}, 422, "validation_failed"),
        (a_file(a_row("A")), {"column": "price:no_such_column"}, 422, "column_unknown"),
    ],
)
async def test_a_file_that_cannot_be_used_is_refused_by_name(
    desk: Desk, body: bytes, wishes: dict[str, Any], status: int, code: str
) -> None:
    assert _problem(await desk.upload(body, **wishes)) == (status, code)
    assert await desk.catalog.rows("select 1 from imports") == []


async def test_a_gzip_that_unpacks_to_too_much_is_stopped_early(desk: Desk) -> None:
    bomb = gzip.compress(b"sku\n" + b"A\n" * 8_000_000 + b"0\n" * 27_000_000)
    assert len(bomb) < 200_000
    assert _problem(await desk.upload(bomb)) == (413, "file_too_large")


async def test_a_gzip_is_read_like_the_file_in_it(desk: Desk) -> None:
    body = a_file(a_row("A"), a_row("B"))
    done = await desk.imported(gzip.compress(body[:100]) + gzip.compress(body[100:]))
    assert done["counts"] == {"created": 2}


async def test_who_knows_better_says_so(desk: Desk) -> None:
    body = b"Nr;Pris;Antal\nA;1.234;3\n"
    assert _problem(await desk.upload(body)) == (422, "columns_not_recognised")
    answer = await desk.upload(
        body, column=["Nr:sku", "Antal:quantity"], decimal_mark="comma", currency="DKK", dry_run=True
    )
    (line,) = answer.json()["reading"]["first_lines"]
    assert line["understood"] == {"sku": "A", "price": {"amount": 1_234_00, "currency": "DKK"}, "quantity": 3}


async def test_an_amount_that_may_mean_two_things_is_never_guessed(desk: Desk) -> None:
    await desk.imported(a_file(a_row("A"), a_row("B")))
    done = await desk.imported(b'sku,price\nA,"1,234"\nB,400\n')
    assert done["reading"]["decimal_mark"] is None
    assert done["problems"] == {"amount_ambiguous": 1}
    prices = await desk.catalog.rows("select price_minor from offers order by sku")
    assert [row.price_minor for row in prices] == [38_900, 40_000]


async def test_a_decimal_mark_that_other_rows_prove_decides_the_doubtful_ones(desk: Desk) -> None:
    done = await desk.imported(b'sku;price\nA;1.234\nB;"389,50"\n', dry_run=True)
    assert done["reading"]["decimal_mark"] == "comma"
    assert done["reading"]["first_lines"][0]["understood"]["price"]["amount"] == 1_234_00


async def test_wrong_rows_come_back_as_they_were_and_go_in_once_mended(desk: Desk) -> None:
    rows = [a_row("A"), a_row("=cmd|' /C calc'!A0", "-5"), a_row("C", quantity="many"), a_row("D") + ",surplus"]
    done = await desk.imported(a_file(*rows))
    assert done["counts"] == {"created": 1, "rejected": 3}
    assert done["problems"] == {"amount_not_positive": 1, "number_unreadable": 1, "too_many_cells": 1}
    wrong = await desk.errors(done["id"])
    assert [(row["line"], row["code"]) for row in wrong] == [
        ("3", "amount_not_positive"),
        ("4", "number_unreadable"),
        ("5", "too_many_cells"),
    ]
    # Nothing that a spreadsheet would run.
    assert (wrong[0]["sku"], wrong[0]["price"]) == ("'=cmd|' /C calc'!A0", "'-5")
    for row in wrong:
        row |= {"price": "390.00", "quantity": "1"}
    out = io.StringIO()
    writer = csv.DictWriter(out, wrong[0])
    writer.writeheader()
    writer.writerows(wrong)
    mended = await desk.imported(out.getvalue().encode())
    assert mended["counts"] == {"created": 3}
    assert set(await desk.on_sale()) == {"A", "=cmd|' /C calc'!A0", "C", "D"}


async def test_a_price_that_moved_far_is_held_back_until_it_is_confirmed(desk: Desk) -> None:
    await desk.imported(a_file(a_row("A"), a_row("B")))
    done = await desk.imported(a_file(a_row("A", "38.90"), a_row("B", "380.00")))
    assert done["counts"] == {"updated": 1, "rejected": 1}
    assert done["problems"] == {"price_guard": 1}
    (held_back,) = await desk.errors(done["id"])
    assert held_back["confirm_price"] == ""
    confirmed = await desk.imported(b"sku,price,confirm_price\nA,38.90,yes\n")
    assert confirmed["counts"] == {"updated": 1}
    assert (await desk.imported(a_file(a_row("A", "389.00")), confirm_prices=True))["counts"] == {"updated": 1}


async def test_the_first_price_of_a_sku_is_held_against_what_others_ask_for_the_product(desk: Desk) -> None:
    rival = await desk.catalog.admit()
    product = {"brand": "Apple", "model": "iPhone 13", "category": "smartphone", "storage": "128GB"}
    await desk.door.push(rival, [a_line("R", product=product, price={"amount": 40_000, "currency": "EUR"})])
    done = await desk.imported(a_file(a_row("A"), a_row("B", "3.89"), a_row("C", "38900.00")))
    assert (done["counts"], done["problems"]) == ({"created": 1, "rejected": 2}, {"price_guard": 2})
    low, high = await desk.errors(done["id"])
    assert (low["sku"], high["sku"]) == ("B", "C")
    assert "good, costs 400.00 EUR" in low["problem"]
    confirmed = await desk.imported(a_file(f"{a_row('B', '3.89')},yes", header=f"{HEADER},confirm_price"))
    assert confirmed["counts"] == {"created": 1}


async def test_a_dry_run_says_what_would_change_and_changes_nothing(desk: Desk) -> None:
    await desk.imported(a_file(a_row("A"), a_row("B")))
    before = await desk.catalog.rows("select * from stock_movements")
    done = await desk.imported(a_file(a_row("A", "379.00", 7), a_row("B"), a_row("C")), dry_run=True, mode="full_sync")
    assert (done["state"], done["counts"]) == ("done", {"updated": 1, "unchanged": 1, "created": 1})
    assert done["offline"] == {"offers_on_sale": 2, "offers_going_offline": 0}
    a, b, c = await desk.results(done["id"])
    assert a["changes"] == {"price": ["389.00 EUR", "379.00 EUR"], "quantity": [5, 7]}
    assert "changes" not in b
    assert "offer_id" not in c
    assert await desk.catalog.rows("select * from stock_movements") == before
    assert await desk.on_sale() == {"A": 5, "B": 5}


async def test_the_same_upload_twice_is_one_import(desk: Desk) -> None:
    first = await desk.upload(a_file(a_row("A")), key="file-1")
    again = await desk.upload(a_file(a_row("A")), key="file-1")
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await desk.upload(a_file(a_row("B")), key="file-1")
    assert _problem(other) == (422, "idempotency_key_reused")


async def test_one_file_of_a_seller_at_a_time(desk: Desk) -> None:
    first = (await desk.upload(a_file(a_row("A")))).json()
    second = await desk.upload(a_file(a_row("B")))
    assert (_problem(second), second.json()["import_id"]) == ((409, "import_running"), first["id"])
    await desk.work(first["id"])
    assert (await desk.upload(a_file(a_row("B")))).status_code == 202
    # Another seller does not wait for it.
    rival = Desk(desk.door, await desk.catalog.admit())
    assert (await rival.upload(a_file(a_row("B")))).status_code == 202


async def test_only_its_seller_sees_or_ends_an_import(desk: Desk) -> None:
    mine = (await desk.upload(a_file(a_row("A")))).json()["id"]
    rival = Desk(desk.door, await desk.catalog.admit())
    for path in (f"{PATH}/{mine}", f"{PATH}/{mine}/errors.csv", f"{PATH}/{mine}/results.ndjson"):
        assert _problem(await rival.get(path)) == (404, "import_not_found")
    assert _problem(await rival.post(f"{PATH}/{mine}/cancellation")) == (404, "import_not_found")
    confirmation = await rival.post(f"{PATH}/{mine}/confirmation", {"offers_going_offline": 0})
    assert _problem(confirmation) == (404, "import_not_found")
    assert (await rival.get(PATH)).json()["items"] == []
    assert [one["id"] for one in (await desk.get(PATH)).json()["items"]] == [mine]


async def _stocked(desk: Desk, skus: Iterable[str]) -> None:
    assert (await desk.imported(a_file(*(a_row(sku) for sku in skus))))["state"] == "done"
    desk.catalog.clock.advance(hours=1)


async def test_a_full_sync_takes_offline_what_the_file_does_not_name(desk: Desk) -> None:
    await _stocked(desk, ["A", "B", "C", "D"])
    done = await desk.imported(a_file(a_row("A"), a_row("B", "wrong")), mode="full_sync")
    assert done["state"] == "done"
    assert done["counts"] == {"unchanged": 1, "rejected": 1, "taken_offline": 2}
    # A row that cannot be read names its SKU all the same: a typo does not close a shelf.
    assert await desk.on_sale() == {"A": 5, "B": 5}
    gone = [line for line in await desk.results(done["id"]) if line["line"] == 0]
    assert {(line["sku"], line["status"], line["available"]) for line in gone} == {
        ("C", "updated", 0),
        ("D", "updated", 0),
    }
    desk.catalog.clock.advance(hours=1)
    # Live stayed the seller's word: naming it is enough to bring it back.
    assert (await desk.imported(b"sku,quantity\nC,1\n"))["counts"] == {"updated": 1}
    assert await desk.on_sale() == {"A": 5, "B": 5, "C": 1}


async def test_a_full_sync_that_would_empty_the_shop_waits_for_a_word_with_the_figure(desk: Desk) -> None:
    await _stocked(desk, [f"S{n}" for n in range(15)])
    asked = await desk.imported(a_file(a_row("S0", "379.00"), a_row("S1")), mode="full_sync")
    assert asked["state"] == "awaiting_confirmation"
    assert asked["offline"] == {"offers_on_sale": 15, "offers_going_offline": 13}
    # Nothing of it was done, not even what would have been harmless.
    assert asked["lines_done"] == 0
    assert len(await desk.on_sale()) == 15
    path = f"{PATH}/{asked['id']}/confirmation"
    assert _problem(await desk.post(path, {"offers_going_offline": 12})) == (409, "confirmation_differs")
    assert (await desk.post(path, {"offers_going_offline": 13})).json()["state"] == "running"
    await desk.work(asked["id"])
    done = await desk.show(asked["id"])
    assert (done["state"], done["counts"]["taken_offline"]) == ("done", 13)
    assert set(await desk.on_sale()) == {"S0", "S1"}
    facts = [row.type.split(".")[2] for row in await desk.catalog.events("catalog.import", Id(asked["id"]))]
    assert facts == ["received", "confirmation_awaited", "confirmed", "done"]


@pytest.mark.parametrize(("live", "kept", "asks"), [(50, 40, False), (50, 39, True), (10, 0, False), (11, 0, True)])
async def test_ten_offers_or_a_fifth_of_the_shop_go_without_asking(
    desk: Desk, live: int, kept: int, asks: bool
) -> None:
    await _stocked(desk, [f"S{n}" for n in range(live)])
    after = await desk.imported(a_file(*(a_row(f"S{n}") for n in range(kept))), mode="full_sync")
    assert after["state"] == ("awaiting_confirmation" if asks else "done")


async def test_a_shop_that_grew_meanwhile_is_asked_for_again(desk: Desk) -> None:
    await _stocked(desk, ["A"])
    id = (await desk.upload(a_file(a_row("A")), mode="full_sync")).json()["id"]
    await desk.catalog.executor.run(partial(start_import, StartImport(Id(id))))
    # Counted before the file was made, and told only now.
    late = a_push(desk.seller.id, *(a_patch(f"L{n}", as_of=NOW) for n in range(20)))
    await desk.catalog.executor.run(lambda uow, now: push_offers(late, uow, now))
    await desk.work(id)
    asked = await desk.show(id)
    assert (asked["state"], asked["lines_done"]) == ("awaiting_confirmation", 1)
    assert asked["offline"] == {"offers_on_sale": 21, "offers_going_offline": 20}
    await desk.post(f"{PATH}/{id}/confirmation", {"offers_going_offline": 20})
    await desk.work(id)
    assert (await desk.show(id))["counts"] == {"unchanged": 1, "taken_offline": 20}
    assert await desk.on_sale() == {"A": 5}


async def test_nobody_s_word_within_a_day_is_a_no(desk: Desk) -> None:
    await _stocked(desk, [f"S{n}" for n in range(15)])
    asked = await desk.imported(a_file(a_row("S0")), mode="full_sync")
    (due,) = await desk.catalog.rows("select due_at from timers where kind = 'lapse_import' and state = 'open'")
    assert due.due_at == desk.catalog.clock.now() + timedelta(hours=24)
    await desk.catalog.executor.run(partial(lapse_import, LapseImport(Id(asked["id"]))))
    lapsed = await desk.show(asked["id"])
    assert (lapsed["state"], lapsed["reason"]) == ("cancelled", "not_confirmed")
    confirmation = await desk.post(f"{PATH}/{asked['id']}/confirmation", {"offers_going_offline": 14})
    assert _problem(confirmation) == (409, "import_cannot")
    assert len(await desk.on_sale()) == 15


async def test_a_full_sync_leaves_alone_what_was_counted_after_it(desk: Desk) -> None:
    await _stocked(desk, ["A", "B"])
    late = await desk.imported(a_file(a_row("A")), mode="full_sync", as_of="2026-11-21T08:59:00Z")
    assert late["counts"] == {"stale": 1}
    assert await desk.on_sale() == {"A": 5, "B": 5}


async def test_an_older_file_after_a_newer_full_sync_is_stale_as_a_whole(desk: Desk) -> None:
    await _stocked(desk, ["A"])
    await desk.imported(a_file(a_row("A")), mode="full_sync")
    older = (desk.catalog.clock.now() - timedelta(minutes=1)).isoformat()
    assert _problem(await desk.upload(a_file(a_row("A")), as_of=older)) == (409, "import_stale")


async def test_a_push_that_comes_while_a_file_is_worked_on_wins_by_its_instant(desk: Desk) -> None:
    received = (await desk.upload(a_file(a_row("A", quantity=9)))).json()["id"]
    desk.catalog.clock.advance(minutes=5)
    push = a_push(desk.seller.id, a_patch("A", quantity=2, price=euros(380_00)))
    await desk.catalog.executor.run(lambda uow, now: push_offers(push, uow, now))
    await desk.work(received)
    done = await desk.show(received)
    assert done["counts"] == {"stale": 1}
    assert await desk.on_sale() == {"A": 2}
    assert [row["code"] for row in await desk.errors(received)] == ["stale_line"]


async def test_a_worker_that_dies_between_two_parts_is_followed_by_one_that_goes_on(desk: Desk) -> None:
    rows = [a_row(f"S{n}") for n in range(2 * ROWS_PER_PART + 1)]
    id = (await desk.upload(a_file(*rows))).json()["id"]
    one = await desk.catalog.executor.run(partial(start_import, StartImport(Id(id))))
    n, packed = await desk.queries.next_part(Id(id)) or (0, b"")
    part = ApplyPart(Id(id), n, read_part(packed, one.reading))
    await desk.catalog.executor.run(partial(apply_part, part))
    half = await desk.show(id)
    assert (half["state"], half["lines_done"], half["counts"]) == ("running", ROWS_PER_PART, {"created": ROWS_PER_PART})
    # Its twin, whose lease ran out meanwhile, comes with the same part again.
    await desk.catalog.executor.run(partial(apply_part, part))
    movements = "select count(*) as n from stock_movements"
    assert (await desk.catalog.rows(movements))[0].n == ROWS_PER_PART
    await desk.work(id)
    done = await desk.show(id)
    assert (done["state"], done["counts"]) == ("done", {"created": len(rows)})
    assert (await desk.catalog.rows(movements))[0].n == len(rows)
    # Whoever comes after the end has nothing left to do.
    await desk.work(id)
    assert await desk.show(id) == done


class Dying:
    """An executor whose process dies at the n-th step: just before its commit, or just after."""

    def __init__(self, desk: Desk, steps: int, *, committed: bool) -> None:
        self._executor = desk.catalog.executor
        self._left = steps
        self._committed = committed

    async def run(self, work: Any) -> Any:
        self._left -= 1
        if self._left < 0 and not self._committed:
            raise ConnectionError("killed before the commit")
        done = await self._executor.run(work)
        if self._left < 0:
            raise ConnectionError("killed after the commit")
        return done


@pytest.mark.parametrize("committed", [False, True])
async def test_wherever_a_worker_dies_the_result_is_that_of_one_that_did_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    monkeypatch.setattr("catalog.api.csv_files.ROWS_PER_PART", 2)
    # Start, three parts, two looks at what is not named, the end.
    for step in range(7):
        await _stocked(desk, ["GONE"])
        quantity = 10 + step
        body = a_file(*(a_row(sku, quantity=quantity) for sku in "ABCD"), a_row("E", "wrong"))
        id = Id((await desk.upload(body, mode="full_sync")).json()["id"])
        errand = ImportErrand(Dying(desk, step, committed=committed), desk.queries, read_part)  # type: ignore[arg-type]
        with pytest.raises(ConnectionError):
            await errand(DueTimer(new_id(), "run_import", id, desk.catalog.clock.now(), {}))
        await desk.work(str(id))
        done = await desk.show(str(id))
        assert done["state"] == "done"
        assert done["counts"] == {"updated" if step else "created": 4, "rejected": 1, "taken_offline": 1}
        assert await desk.on_sale() == dict.fromkeys("ABCD", quantity)
        facts = [row.type.split(".")[2] for row in await desk.catalog.events("catalog.import", id)]
        assert facts == ["received", "started", "done"]
        desk.catalog.clock.advance(minutes=1)


async def test_two_uploads_at_the_same_moment_are_not_both_the_first(desk: Desk) -> None:
    both = await asyncio.gather(*(desk.upload(a_file(a_row("A", quantity=n))) for n in (1, 2)))
    assert sorted(answer.status_code for answer in both) == [202, 409]
    assert len(await desk.catalog.rows("select 1 from imports")) == 1


async def test_a_cancelled_import_applies_no_further_line(desk: Desk) -> None:
    id = (await desk.upload(a_file(a_row("A")))).json()["id"]
    cancelled = await desk.post(f"{PATH}/{id}/cancellation")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    await desk.work(id)
    assert await desk.on_sale() == {}
    assert _problem(await desk.post(f"{PATH}/{id}/cancellation")) == (409, "import_cannot")


async def test_a_seller_that_is_suspended_half_way_ends_its_import(desk: Desk) -> None:
    id = (await desk.upload(a_file(a_row("A")))).json()["id"]
    suspended = Seller(desk.seller.id, SellerState.SUSPENDED, desk.seller.markets, desk.seller.version)
    await desk.catalog.executor.run(lambda uow, now: uow.sellers.save(suspended))
    await desk.work(id)
    failed = await desk.show(id)
    assert (failed["state"], failed["reason"]) == ("failed", "seller_not_active")
    assert _problem(await desk.upload(a_file(a_row("A")))) == (409, "seller_not_active")


async def test_lines_are_kept_for_a_month_and_figures_for_good(desk: Desk) -> None:
    done = await desk.imported(a_file(a_row("A"), a_row("B", "no price")))
    (due,) = await desk.catalog.rows("select due_at from timers where kind = 'forget_import'")
    assert due.due_at == NOW + timedelta(days=30)
    await desk.catalog.executor.run(partial(forget_import, ForgetImport(Id(done["id"]))))
    forgotten = await desk.show(done["id"])
    assert (forgotten["counts"], forgotten["lines_kept"]) == (done["counts"], False)
    assert forgotten["reading"]["first_lines"] == []
    assert _problem(await desk.get(f"{PATH}/{done['id']}/errors.csv")) == (404, "import_forgotten")


async def test_what_is_exported_and_uploaded_again_changes_nothing(desk: Desk) -> None:
    lines = [
        a_line("A"),
        a_line("-=1+1", price={"amount": 1_234_567_89, "currency": "EUR"}, confirm_price=True, state="paused"),
        a_line('\'quoted, "cell"', prices={"DE": {"amount": 41_000, "currency": "EUR"}}, markets=["fr-pro"]),
        a_line("N", battery_health_percent=100, quantity=0, shipping_fee=None),
        a_line(
            "T",
            min_order_quantity=2,
            price_tiers={"all": [{"from_quantity": 10, "price": {"amount": 38_000, "currency": "EUR"}}]},
            floor_price={"amount": 10_000, "currency": "EUR"},
            in_refurbishment=[{"quantity": 3, "ready_on": "2026-12-24"}],
        ),
    ]
    pushed = await desk.door.push(desk.seller, lines)
    assert {json.loads(line)["status"] for line in pushed.text.splitlines()} == {"created"}, pushed.text
    answer = await desk.get("/v1/seller/offers.csv")
    rows = table(answer)
    assert {row["sku"] for row in rows} == {"'-=1+1", '\'quoted, "cell"', "A", "N", "T"}
    assert "1234567.89" in {row["price"] for row in rows}
    desk.catalog.clock.advance(hours=1)
    done = await desk.imported(answer.content)
    assert done["counts"] == {"unchanged": len(lines)}, await desk.results(done["id"])


async def test_a_table_of_many_offers_takes_no_more_memory_than_one_of_few(desk: Desk) -> None:
    async def exported() -> tuple[int, int]:
        """The rows of the table, and the most memory it took at a time, in bytes."""
        state = SimpleNamespace(offer_export=OfferExport(desk.catalog.engine), executor=desk.catalog.executor)
        request, subject = SimpleNamespace(app=SimpleNamespace(state=state)), SimpleNamespace(company_id=desk.seller.id)
        answer = await export_seller_offers(request, subject)  # type: ignore[arg-type]
        tracemalloc.start()
        rows = 0
        async for chunk in answer.body_iterator:
            rows += chunk.count("\r\n")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return rows, peak

    await desk.door.push(desk.seller, [a_line(f"A-{n:05}") for n in range(500)])
    # Once before, so that what is prepared once is not counted.
    await exported()
    few, peak_of_few = await exported()
    await desk.door.push(desk.seller, [a_line(f"B-{n:05}") for n in range(1_500)])
    many, peak_of_many = await exported()
    assert (few, many) == (501, 2_001)
    assert peak_of_many < 1.5 * peak_of_few


async def test_units_that_were_sold_are_not_brought_back_by_yesterday_s_table(desk: Desk) -> None:
    await desk.door.push(desk.seller, [a_line("A", quantity=5)])
    (offer,) = await desk.catalog.rows("select id from offers")
    sold_at = NOW + timedelta(minutes=10)
    await _sell(desk, offer.id, 2, sold_at)
    desk.catalog.clock.advance(hours=1)
    await desk.door.push(desk.seller, [{"sku": "A", "price": {"amount": 38_000, "currency": "EUR"}}])
    answer = await desk.get("/v1/seller/offers.csv")
    # As of the newest line, which came after the sale, three are left.
    assert [row["quantity"] for row in table(answer)] == ["3"]
    await desk.imported(answer.content)
    assert await desk.on_sale() == {"A": 3}


async def _sell(desk: Desk, offer_id: Id, units: int, at: Any) -> None:
    async with desk.catalog.engine.begin() as connection:
        from sqlalchemy import text

        await connection.execute(
            text("update stock set sold = :n, available = available - :n where offer_id = :id"),
            {"n": units, "id": offer_id},
        )
        await connection.execute(
            text(
                "insert into stock_movements (offer_id, kind, quantity, at, cause_id, recorded_at) "
                "values (:id, 'sold', :n, :at, :id, :at)"
            ),
            {"id": offer_id, "n": units, "at": at},
        )


async def test_the_template_names_every_column_and_its_examples_are_nobody_s_stock(desk: Desk) -> None:
    answer = await desk.get(f"{PATH}/template.csv")
    rows = table(answer)
    assert {row["category"] for row in rows} >= {"smartphone", "laptop", "monitor", "accessory"}
    done = await desk.imported(answer.content)
    assert done["problems"] == {"example_line": len(rows)}
    # Under a name of the seller's own, each example is an offer.
    own = answer.content.decode("utf-8-sig").replace("EXAMPLE-", "MINE-").encode()
    assert (await desk.imported(own))["counts"] == {"created": len(rows)}
