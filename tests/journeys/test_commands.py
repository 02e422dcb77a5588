"""The `regrade` command against a running platform, as a person types it."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from chassis.testing.kafka import records_of
from regrade import demo
from regrade.app import make_app
from regrade.devices import push_lines, read_devices
from tests.journeys.world import World

pytestmark = pytest.mark.journey

REAL_DEVICES = Path(__file__).parents[3] / "shared" / "data" / "devices.csv"


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Types a command in a clone whose `.regrade/demo.json` is the world's."""
    (tmp_path / ".regrade").mkdir()
    (tmp_path / ".regrade" / "demo.json").write_text(json.dumps(world.contract))
    for command in ("stock", "events"):
        monkeypatch.setattr(f"regrade.commands.{command}.clone_root", lambda: tmp_path)

    def type_in(*words: str) -> Result:
        return CliRunner().invoke(make_app(), list(words), catch_exceptions=False)

    return type_in


def a_file(folder: Path, lines: list[dict[str, Any]], *more: str) -> Path:
    file = folder / "stock.ndjson"
    file.write_text("\n".join([*(json.dumps(line) for line in lines), *more]) + "\n")
    return file


def lines_of(devices: Path, prefix: str, limit: int | None = None) -> list[dict[str, Any]]:
    as_of = datetime.now(UTC)
    made = push_lines(
        read_devices(devices), prefix=prefix, vat_regime="normal", ship_from="FR", markets=["fr-pro"], as_of=as_of
    )
    return list(made)[:limit]


def test_a_warehouse_is_pushed_with_the_fate_of_each_line(run: Any, world: World, tmp_path: Path) -> None:
    lines = lines_of(demo.OWN_LIST, "CLI", 5)
    result = run("stock", "push", str(a_file(tmp_path, lines, "{broken")), "--output", "json")
    fates = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert [fate["status"] for fate in fates] == ["created"] * 5 + ["rejected"]
    assert (fates[5]["line"], fates[5]["problem"]["code"]) == (6, "malformed_json")
    assert result.exit_code == 1
    mine = {offer["sku"] for offer in world.sellers[0].caller.each("/v1/seller/offers")}
    assert {line["sku"] for line in lines} <= mine


def test_a_table_goes_out_and_comes_back(run: Any, world: World, tmp_path: Path) -> None:
    seller = world.sellers[0].caller
    run("stock", "push", str(a_file(tmp_path, lines_of(demo.OWN_LIST, "TABLE", 5))))
    file = tmp_path / "stock.csv"
    assert run("stock", "pull", str(file)).exit_code == 0
    assert run("stock", "diff", str(file)).exit_code == 0
    header, *rows = file.read_text("utf-8-sig").splitlines()
    names = [name.strip('"') for name in header.split(",")]
    with file.open(encoding="utf-8-sig", newline="") as table:
        offers = {row["sku"]: row for row in csv.DictReader(table)}
    sku = next(sku for sku in offers if sku.startswith("TABLE"))
    dearer = f"{int(offers[sku]['price'].replace('.', '')) + 100}"
    changed = tmp_path / "changed.csv"
    changed.write_text(
        f"Artikelnummer;Preis;Währung\n{sku};{dearer[:-2]},{dearer[-2:]};{offers[sku]['currency']}\n", "cp1252"
    )
    diff = run("stock", "diff", str(changed))
    assert (diff.exit_code, f"~ {sku}: price" in diff.stdout) == (1, True)
    assert run("stock", "push", str(changed)).exit_code == 0
    (offer,) = seller.get("/v1/seller/offers", sku=sku)["items"]
    assert offer["price"]["amount"] == int(dearer)
    assert len(rows) == len(offers)
    assert "as_of" in names


@pytest.mark.skipif(not REAL_DEVICES.exists(), reason="the list of real devices is not beside this clone")
def test_real_devices_become_offers(run: Any, world: World, tmp_path: Path) -> None:
    lines = lines_of(REAL_DEVICES, "REAL")
    assert len(lines) > 2_000
    result = run("stock", "push", str(a_file(tmp_path, lines)), "--output", "json")
    fates = [json.loads(line)["status"] for line in result.stdout.splitlines() if line.startswith("{")]
    assert fates == ["created"] * len(lines)
    found = world.buyer.caller.get("/v1/offers", q="samsung galaxy", limit=5)["items"]
    assert len(found) == 5


def test_events_are_printed_as_they_lie_on_kafka(run: Any, world: World) -> None:
    result = run("events", "tail", "--from-beginning", "--topic", "orders.order", "--count", "3", "--output", "json")
    events = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert len(events) == 3
    for event in events:
        assert event["topic"] == "orders.order"
        assert event["headers"]["ce_type"].startswith("orders.order.")
        assert event["headers"]["ce_specversion"] == "1.0"


async def test_one_trace_goes_through_http_and_kafka(world: World) -> None:
    """An order's first fact and the reservation it caused in another service carry the same trace."""

    async def traces(topic: str, type: str) -> dict[str, str]:
        records = await records_of(world.contract["kafka"], topic)
        found = [(dict(record.headers), json.loads(record.value)) for record in records]
        return {
            data["order_id"]: headers["traceparent"].decode().split("-")[1]
            for headers, data in found
            if headers["ce_type"].decode() == type
        }

    placed = await traces("orders.order", "orders.order.placed.v1")
    held = await traces("catalog.reservation", "catalog.reservation.held.v1")
    assert held
    assert {order: placed[order] for order in held} == held
    assert len(set(placed.values())) == len(placed)
