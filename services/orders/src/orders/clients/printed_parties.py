"""Companies as papers show them."""

from documents.parties import Address, DeliverTo, Identifier
from documents.parties import Party as PrintedParty
from orders.domain.order import DeliverTo as Delivery
from orders.domain.party import Party


def printed_company(party: Party) -> PrintedParty:
    """Name, address and numbers, out of the snapshot of `accounts`."""
    address = party.snapshot["address"]
    number = party.snapshot.get("registration_number")
    return PrintedParty(
        name=party.name,
        address=Address(address["street"], address["postal_code"], address["city"], address["country"]),
        vat_number=next(iter((party.snapshot.get("vat_numbers") or {}).values()), None),
        registration=Identifier(number, party.snapshot.get("registration_scheme")) if number else None,
    )


def printed_delivery(to: Delivery) -> DeliverTo:
    """Where the goods go."""
    return DeliverTo(to.company, Address(to.street, to.postal_code, to.city, to.country))


def language_of(party: Party | None, languages: tuple[str, ...]) -> str:
    """The company's language where the market has it, else the market's first."""
    own = party.snapshot.get("language") if party is not None else None
    return own if own in languages else languages[0]
