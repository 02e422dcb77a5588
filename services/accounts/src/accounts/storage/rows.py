"""Small values ↔ JSON columns."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from accounts.domain.owners import Control, Owner, Owners, Person
from accounts.domain.seller import Mandate
from accounts.domain.tax_data import SellerNature, TaxData, TaxRequest
from accounts.domain.user import Link
from accounts.domain.values import Address, Contact, VatAnswer, VatNumber, VatStatus
from chassis.kernel.ids import Id

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
    return {
        "version": mandate.version,
        "signatory": mandate.signatory,
        "signed_at": mandate.signed_at.isoformat(),
        "sha256": mandate.sha256,
        "signed_by": str(mandate.signed_by) if mandate.signed_by else None,
        "revoked_at": mandate.revoked_at.isoformat() if mandate.revoked_at else None,
    }


def mandate_from(row: Json | None) -> Mandate | None:
    """The signed mandate of a JSON column; old ones lack what was not kept then."""
    if row is None:
        return None
    by, revoked_at = row.get("signed_by"), row.get("revoked_at")
    return Mandate(
        version=row["version"],
        signatory=row["signatory"],
        signed_at=datetime.fromisoformat(row["signed_at"]),
        sha256=row.get("sha256"),
        signed_by=Id(by) if by else None,
        revoked_at=datetime.fromisoformat(revoked_at) if revoked_at else None,
    )


def owners_to(owners: Owners | None) -> Json | None:
    """Null until they are told."""
    if owners is None:
        return None
    return {
        "owners": [
            {
                "person": _person_to(one.person),
                "share_basis_points": one.share_basis_points,
                "control": str(one.control),
            }
            for one in owners.owners
        ],
        "representative": _person_to(owners.representative) if owners.representative else None,
    }


def owners_from(row: Json | None) -> Owners | None:
    """The owners of a JSON column."""
    if row is None:
        return None
    return Owners(
        owners=tuple(
            Owner(_person_from(one["person"]), one["share_basis_points"], Control(one["control"]))
            for one in row["owners"]
        ),
        representative=_person_from(row["representative"]) if row["representative"] else None,
    )


def tax_to(tax: TaxData | None) -> Json | None:
    """Null until they are told."""
    if tax is None:
        return None
    birth_date = tax.birth_date.isoformat() if tax.birth_date else None
    return {**asdict(tax), "establishments": list(tax.establishments), "birth_date": birth_date}


def tax_from(row: Json | None) -> TaxData | None:
    """The tax data of a JSON column."""
    if row is None:
        return None
    fields = {
        "nature": SellerNature(row["nature"]),
        "establishments": tuple(row["establishments"]),
        "birth_date": date.fromisoformat(row["birth_date"]) if row["birth_date"] else None,
    }
    return TaxData(**{**row, **fields})


def tax_request_to(request: TaxRequest | None) -> Json | None:
    """Null while nobody asks."""
    if request is None:
        return None
    return {
        "asked_at": request.asked_at.isoformat(),
        "due_at": request.due_at.isoformat(),
        "reminders": request.reminders,
    }


def tax_request_from(row: Json | None) -> TaxRequest | None:
    """The request of a JSON column."""
    if row is None:
        return None
    asked_at, due_at = datetime.fromisoformat(row["asked_at"]), datetime.fromisoformat(row["due_at"])
    return TaxRequest(asked_at, due_at, row["reminders"])


def _person_to(person: Person) -> Json:
    return {"name": person.name, "birth_date": person.birth_date.isoformat(), "country": person.country}


def _person_from(row: Json) -> Person:
    return Person(row["name"], date.fromisoformat(row["birth_date"]), row["country"])
