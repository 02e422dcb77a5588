"""The platform as its databases tell it: rows become the same plain values that the outside gives."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from regrade.audit.facts import (
    Allocation,
    BankLine,
    Book,
    Invoice,
    Journal,
    Movement,
    Order,
    Paper,
    Payout,
    Picture,
    Posting,
    Refund,
    Reservation,
    SellerOrder,
    Shipment,
    Step,
    StockRow,
)

WHERE = "databases"
Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


def picture_of_databases(rows: Rows, now: datetime) -> Picture:
    """All tables that laws ask about, joined up."""
    return Picture(
        where=WHERE,
        now=now,
        orders=tuple(_order(row) for row in rows["orders"]),
        seller_orders=tuple(_seller_order(row) for row in rows["seller_orders"]),
        reservations=tuple(_reservations(rows)),
        shipments=tuple(_shipment(row) for row in rows["shipments"]),
        invoices=tuple(_invoice(row) for row in rows["invoices"]),
        papers=tuple(_paper(row) for row in rows["documents"]),
        book=book_of_database(rows),
        payouts=tuple(_payouts(rows)),
        refunds=tuple(_refund(row) for row in rows["refunds"]),
        bank_lines=tuple(_bank_lines(rows)),
        movements=tuple(
            Movement(row["offer_id"], row["kind"], row["quantity"], row["at"]) for row in rows["stock_movements"]
        ),
        stock=tuple(_stock(row) for row in rows["stock"]),
        history=tuple(_step(row) for row in rows["order_history"]),
    )


def book_of_database(rows: Rows) -> Book:
    """The ledger with its kept balances."""
    postings: dict[str, list[Posting]] = defaultdict(list)
    for row in rows["postings"]:
        postings[row["journal_id"]].append(Posting(row["account"], row["side"], row["amount_minor"], row["currency"]))
    journals = tuple(
        Journal(
            row["id"],
            row["kind"],
            row["cause"],
            row["order_id"],
            tuple(postings[row["id"]]),
            row["step"],
            row["seller_order_id"],
        )
        for row in rows["journals"]
    )
    balances = {
        (row["name"], row["currency"]): row["balance_minor"] * (1 if row["grows_by"] == "debit" else -1)
        for row in rows["ledger_accounts"]
    }
    return Book("database", journals, balances)


def _order(row: Row) -> Order:
    units: dict[str, int] = defaultdict(int)
    for line in row["lines"]:
        units[line["offer_id"]] += line["quantity"]
    return Order(
        id=row["id"],
        state=row["state"],
        market=row["market"],
        policy_version=row["policy_version"],
        units=dict(units),
        gross_minor=row["gross_minor"],
        held_at=row["held_at"],
        hold_until=row["hold_until"],
        hold_calendar=row["hold_calendar"],
        was_placed=row["was_placed"],
    )


def _seller_order(row: Row) -> SellerOrder:
    quantities = {line["line_no"]: line["quantity"] for line in row["lines"]}
    return SellerOrder(row["id"], row["order_id"], row["seller_id"], row["gross_minor"], quantities, row["state"])


def _reservations(rows: Rows) -> Iterable[Reservation]:
    units: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows["reservation_units"]:
        units[row["reservation_id"]][row["offer_id"]] = row["quantity"]
    return (Reservation(row["id"], row["state"], units[row["id"]]) for row in rows["reservations"])


def _shipment(row: Row) -> Shipment:
    units = {
        line["line_no"]: tuple(unit.get("imei") or unit.get("serial") for unit in line["units"])
        for line in row["lines"]
    }
    return Shipment(row["id"], row["seller_order_id"], units)


def _invoice(row: Row) -> Invoice:
    return Invoice(
        id=row["id"],
        number=row["number"],
        seller_id=row["seller_id"],
        series=row["series"],
        n=row["n"],
        state=row["state"],
        regime=row["regime"],
        seller_order_id=row["seller_order_id"],
        shipment_id=row["shipment_id"],
        gross_minor=row["gross_minor"],
        sha256=row["sha256"],
        hashes=tuple(one for one in (row["found"], row["filed"]) if one is not None),
        units=tuple(row["units"]),
        kind=row["kind"],
        credits_id=row["credits_id"],
        case_id=row["case_id"],
        replaces_id=row["replaces_id"],
        contest_id=row["contest_id"],
    )


def _paper(row: Row) -> Paper:
    return Paper(f"{row['kind']} of order {row['order_id']}", row["sha256"], (row["found"],))


def _payouts(rows: Rows) -> Iterable[Payout]:
    parts: dict[str, list[str]] = defaultdict(list)
    for row in rows["payout_items"]:
        parts[row["payout_id"]].append(row["seller_order_id"])
    return (
        Payout(
            row["id"],
            row["state"],
            row["seller_id"],
            row["amount_minor"],
            tuple(parts[row["id"]]),
            row["withheld_minor"],
        )
        for row in rows["payouts"]
    )


def _refund(row: Row) -> Refund:
    return Refund(
        row["id"],
        row["state"],
        row["amount_minor"],
        row["order_id"],
        row["source_id"],
        row["cause"],
        row["source_kind"],
        row["case_id"],
        row["credit_note_id"],
        row["seller_order_id"],
    )


def _bank_lines(rows: Rows) -> Iterable[BankLine]:
    parts: dict[str, list[Allocation]] = defaultdict(list)
    for row in rows["allocations"]:
        parts[row["bank_line_id"]].append(Allocation(row["kind"], row["order_id"], row["amount_minor"]))
    return (
        BankLine(row["id"], row["credit_id"], row["amount_minor"], row["currency"], tuple(parts[row["id"]]))
        for row in rows["bank_lines"]
    )


def _stock(row: Row) -> StockRow:
    return StockRow(row["offer_id"], row["counted"], row["available"], row["held"], row["sold"], row["shortage"])


def _step(row: Row) -> Step:
    part = row["seller_order_id"]
    machine, id = ("orders.seller_order", part) if part else ("orders.order", row["order_id"])
    return Step(machine, id, row["move"], row["from_state"], row["to_state"], row["version"])
