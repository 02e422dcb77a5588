"""The archive of an export: one JSON file per service and table, the files as they are, and a page that explains them."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

Told = Mapping[str, Mapping[str, list[dict[str, Any]]]]

_README = """Your personal data on this platform

One folder per service. Each .json file in it is one kind of record, as it is stored; each record is one entry of the list.
Documents such as purchase orders and invoices lie beside them as files of their own.

accounts    who you are: person, company, sign-ins, invitations, change requests, API keys (without their secrets)
orders      orders with delivery addresses, purchase orders, parcels
payments    payments and from which account they came, invoices, payouts, refunds
aftersales  what may be claimed until when, and returns
gateway     which mails were sent, and when

Passwords, keys and links are not in it: only values made from them are stored, and those open accounts.
Times are UTC; amounts are in the smallest unit of their currency; long letter-digit words are numbers of records.
"""
# How PostgreSQL writes bytes in JSON.
_BYTES = "\\x"
_ENDINGS = {"pdf": "pdf", "xml": "xml", "content": "pdf"}


def archive_of(told: Told) -> bytes:
    """The ZIP; the same data makes the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, "README.txt", _README.encode())
        for service, by_table in sorted(told.items()):
            for table, rows in sorted(by_table.items()):
                shown = [_without_files(archive, f"{service}/{table}", n, row) for n, row in enumerate(rows, start=1)]
                _write(archive, f"{service}/{table}.json", json.dumps(shown, ensure_ascii=False, indent=2).encode())
    return buffer.getvalue()


def _without_files(archive: zipfile.ZipFile, folder: str, n: int, row: dict[str, Any]) -> dict[str, Any]:
    shown = dict(row)
    for column, value in row.items():
        if isinstance(value, str) and value.startswith(_BYTES) and column in _ENDINGS:
            name = f"{folder}/{n}.{_ENDINGS[column]}"
            _write(archive, name, bytes.fromhex(value[len(_BYTES) :]))
            shown[column] = name
    return shown


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
