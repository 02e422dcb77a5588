"""Small values ↔ JSON columns."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from accounts.domain.seller import Mandate
from accounts.domain.user import Link
from accounts.domain.values import Address, Contact, VatAnswer, VatNumber, VatStatus

Json = dict[str, Any]


def address_from(row: Json) -> Address:
    """The address of a JSON column."""
    return Address(**row)


def contact_from(row: Json) -> Contact:
    """The contact of a JSON column."""
    return Contact(**row)


def vat_number_to(vat: VatNumber) -> Json:
    """With the register's last answer."""
    answer = vat.answer
    kept = None if answer is None else {**asdict(answer), "checked_at": answer.checked_at.isoformat()}
    return {"country": vat.country, "number": vat.number, "answer": kept}


def vat_number_from(row: Json) -> VatNumber:
    """The number and the answer of a JSON column."""
    kept = row["answer"]
    answer = kept and VatAnswer(
        status=VatStatus(kept["status"]),
        checked_at=datetime.fromisoformat(kept["checked_at"]),
        name=kept["name"],
        consultation_number=kept["consultation_number"],
    )
    return VatNumber(row["country"], row["number"], answer)


def link_to(link: Link | None) -> Json | None:
    """Null once it was used."""
    if link is None:
        return None
    return {
        "nonce": link.nonce,
        "expires_at": link.expires_at.isoformat(),
        "requested_at": link.requested_at.isoformat(),
        "valid_for_seconds": int(link.valid_for.total_seconds()),
    }


def link_from(row: Json | None) -> Link | None:
    """The link of a JSON column."""
    if row is None:
        return None
    return Link(
        nonce=row["nonce"],
        expires_at=datetime.fromisoformat(row["expires_at"]),
        requested_at=datetime.fromisoformat(row["requested_at"]),
        valid_for=timedelta(seconds=row["valid_for_seconds"]),
    )


def mandate_to(mandate: Mandate | None) -> Json | None:
    """Null until it is signed."""
    if mandate is None:
        return None
    return {**asdict(mandate), "signed_at": mandate.signed_at.isoformat()}


def mandate_from(row: Json | None) -> Mandate | None:
    """The signed mandate of a JSON column."""
    if row is None:
        return None
    return Mandate(row["version"], row["signatory"], datetime.fromisoformat(row["signed_at"]))
