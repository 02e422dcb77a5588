"""How a party is printed: role, name, address lines, and the numbers below them."""

from typing import Any

from documents.parties import DeliverTo, Party
from documents.wording import Wording


def printed_party(role: str, party: Party, words: Wording, show_vat_number: bool = True) -> dict[str, Any]:
    """A block of the parties row."""
    details: list[str] = []
    if party.registration is not None:
        details.append(f"{words.label('registration')} {party.registration.value}")
    if party.vat_number is not None and show_vat_number:
        details.append(f"{words.label('vat_number')} {party.vat_number}")
    if party.phone is not None:
        details.append(f"{words.label('phone')} {party.phone}")
    if party.email is not None:
        details.append(party.email)
    return {"role": role, "name": party.name, "lines": words.address_lines(party.address), "details": details}


def printed_delivery(place: DeliverTo, words: Wording) -> dict[str, Any]:
    """The deliver-to block of the parties row."""
    return {
        "role": words.label("deliver_to"),
        "name": place.name,
        "lines": words.address_lines(place.address),
        "details": [],
    }
