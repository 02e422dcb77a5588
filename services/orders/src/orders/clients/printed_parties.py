"""Who and where, as papers show them."""

from documents.parties import Address, DeliverTo
from orders.domain.order import DeliverTo as Delivery
from orders.domain.party import Party


def printed_delivery(to: Delivery) -> DeliverTo:
    """Where the goods go."""
    return DeliverTo(to.company, Address(to.street, to.postal_code, to.city, to.country))


def language_of(party: Party | None, languages: tuple[str, ...]) -> str:
    """The company's language where the market has it, else the market's first."""
    own = party.snapshot.get("language") if party is not None else None
    return own if own in languages else languages[0]
