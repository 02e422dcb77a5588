"""What the public API shows an auditor: books, bank lines, refunds, invoices with their files, and how services stand."""

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import httpx

from regrade.audit.facts import (
    Allocation,
    AuditLog,
    BankLine,
    Book,
    Invoice,
    Journal,
    Posting,
    Refund,
    Stand,
    VersionsTold,
)
from regrade.audit.progress import Advance

_PAGE = 100
_TRIES = 8
_TOKEN = re.compile(r">([^<>]+)<")


@dataclass(frozen=True)
class Shown:
    """Everything the API showed. `book` has balances; `invoices` have their bytes read twice."""

    book: Book
    bank_lines: tuple[BankLine, ...]
    refunds: tuple[Refund, ...]
    invoices: tuple[Invoice, ...]
    versions: tuple[VersionsTold, ...]


class Door:
    """The gateway for one auditor: pages are followed, and a limit that is reached is waited out."""

    def __init__(self, gateway: str, api_key: str) -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        self._client = httpx.Client(base_url=gateway, headers=headers, timeout=30.0)

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def get(self, path: str, **query: Any) -> httpx.Response:
        """The answer; raises httpx.HTTPError if there is none or it is a refusal."""
        for left in reversed(range(_TRIES)):
            response = self._client.get(
                path, params={name: value for name, value in query.items() if value is not None}
            )
            if response.status_code not in (429, 503) or left == 0:
                break
            time.sleep(min(float(response.headers.get("retry-after", "1")), 30.0))
        return response.raise_for_status()

    def each(self, path: str) -> Iterator[Any]:
        """All items of a list."""
        cursor: str | None = None
        while True:
            page = self.get(path, limit=_PAGE, cursor=cursor).json()
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def stands(self) -> tuple[Stand, ...]:
        """How each service stands."""
        return tuple(_stand(one) for one in self.get("/v1/operator/status").json())

    def now(self) -> datetime:
        """The platform's business time: the latest of its services."""
        told = [one["now"] for one in self.get("/v1/operator/status").json() if one["up"]]
        return max(datetime.fromisoformat(one) for one in told)


def read_audit_logs(door: Door) -> tuple[AuditLog, ...]:
    """What operators did, service by service. The newest entry is asked first: those that come meanwhile are more, not less."""
    return tuple(
        AuditLog(
            log["service"],
            log["chain_id"],
            log["seq"],
            log["hash"],
            tuple(door.each(f"/v1/operator/audit-logs/{log['service']}")),
        )
        for log in door.get("/v1/operator/audit-logs").json()
    )


def read_api(door: Door, unit_numbers: frozenset[str], advance: Advance) -> Shown:
    """All lists an auditor may read. `unit_numbers` are the devices to look for on the invoices."""
    journals = [_journal(one) for one in door.each("/v1/ledger/journals")]
    balances = {
        (one["name"], one["currency"]): _debits(one["grows_by"], one["balance"]["amount"])
        for one in door.each("/v1/ledger/accounts")
    }
    bank_lines = list(door.each("/v1/bank-lines"))
    refunds = list(door.each("/v1/refunds"))
    invoices = list(door.each("/v1/invoices"))
    return Shown(
        book=Book("API", _in_steps(journals), balances, is_in_order=False),
        bank_lines=tuple(_bank_line(one) for one in bank_lines),
        refunds=tuple(_refund(one) for one in refunds),
        invoices=tuple(_with_files(door, invoices, unit_numbers, advance)),
        versions=(
            _told("payments.bank_line", bank_lines),
            _told("payments.refund", refunds),
            _told("payments.invoice", invoices),
            _told("payments.payment", list(door.each("/v1/payments"))),
            _told("payments.payout", list(door.each("/v1/payouts"))),
            _told("payments.settlement", list(door.each("/v1/seller/settlements")), "seller_order_id"),
            _told("aftersales.coverage", list(door.each("/v1/coverages")), "shipment_id"),
        ),
    )


def _stand(one: Mapping[str, Any]) -> Stand:
    if not one["up"]:
        return Stand(one["service"], up=False)
    return Stand(
        service=one["service"],
        outbox_pending=one["outbox_pending"],
        timers_due=one["timers_due"],
        timers_dead=one["timers_dead"],
        parked=one["parked"],
        lag=one["lag"],
    )


def _told(topic: str, items: list[Any], key: str = "id") -> VersionsTold:
    # An invoice counts public facts only, so it is at 0 until it is issued.
    versions = {(topic, one[key]): one["version"] for one in items if one["version"]}
    return VersionsTold(f"the API's list of {topic}", (topic,), versions)


def _journal(one: Mapping[str, Any]) -> tuple[str, Journal]:
    postings = tuple(
        Posting(line["account"], line["side"], line["amount"]["amount"], line["amount"]["currency"])
        for line in one["postings"]
    )
    journal = Journal(
        one["id"], one["kind"], one["cause"], one["order_id"], postings, seller_order_id=one["seller_order_id"]
    )
    return one["posted_at"], journal


def _in_steps(journals: list[tuple[str, Journal]]) -> tuple[Journal, ...]:
    ordered = sorted(journals, key=lambda one: one[0])
    return tuple(
        replace(one, step=step)
        for step, (_, group) in enumerate(groupby(ordered, key=lambda one: one[0]))
        for _, one in group
    )


def _debits(grows_by: str, minor: int) -> int:
    return minor if grows_by == "debit" else -minor


def _bank_line(one: Mapping[str, Any]) -> BankLine:
    parts = tuple(Allocation(part["kind"], part["order_id"], part["amount"]["amount"]) for part in one["allocations"])
    return BankLine(one["id"], one["credit_id"], one["amount"]["amount"], one["amount"]["currency"], parts)


def _refund(one: Mapping[str, Any]) -> Refund:
    return Refund(
        one["id"],
        one["state"],
        one["amount"]["amount"],
        one["order_id"],
        one["source_id"],
        one["cause"],
        one["source_kind"],
        one["case_id"],
        one["credit_note_id"],
        one["seller_order_id"],
    )


def _with_files(door: Door, invoices: list[Any], units: frozenset[str], advance: Advance) -> Iterator[Invoice]:
    for n, one in enumerate(invoices, start=1):
        issued = one["state"] == "issued"
        # Twice, because the second answer could come from elsewhere than the first.
        hashes = [_hash(door.get(f"/v1/invoices/{one['id']}/pdf").content) for _ in range(2)] if issued else []
        face = door.get(f"/v1/invoices/{one['id']}/xml").text if issued else ""
        yield Invoice(
            id=one["id"],
            number=one["number"],
            seller_id=one["seller_id"],
            series=one["series"],
            n=one["number_in_series"],
            state=one["state"],
            regime=one["regime"],
            seller_order_id=one["seller_order_id"],
            shipment_id=one["shipment_id"],
            gross_minor=one["gross"]["amount"],
            sha256=one["sha256"],
            hashes=tuple(hashes),
            units=tuple(found for text in _TOKEN.findall(face) if (found := text.strip().upper()) in units),
            kind=one["kind"],
            credits_id=one["credits_id"],
            case_id=one["case_id"],
            replaces_id=one["replaces_id"],
            contest_id=one["contest_id"],
        )
        advance(n, len(invoices))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
