"""The sentences that the law wants on an invoice, by language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tax.dated_data import in_force, load
from tax.errors import NoSuchText

LAW = "law"
_NOT_A_LANGUAGE = {"valid_from", "valid_to", LAW}


@dataclass(frozen=True, slots=True)
class InvoiceNote:
    """A note of an invoice (EN 16931 BG-1): its UNTDID 4451 code and its text."""

    code: str
    text: str


def texts(kind: str, on: date, law_of: str | None = None) -> Mapping[str, str]:
    """Every language's wording of `kind`; `law_of` adds the article of the country the goods leave from, where known."""
    rows = in_force(load("texts").get(kind, []), on)
    if not rows:
        raise NoSuchText(f"{kind} on {on.isoformat()}")
    row = rows[0]
    article = row.get(LAW, {}).get(law_of)
    suffix = f" – {article}" if article else ""
    return {language: f"{text}{suffix}" for language, text in row.items() if language not in _NOT_A_LANGUAGE}


def statutory_notes(seller_country: str, buyer_country: str, on: date) -> tuple[InvoiceNote, ...]:
    """The notes that the law of the seller's country puts on each of its invoices, in the language of that law.

    Empty for countries without such notes. Both countries are ISO codes.
    """
    kind = "domestic" if seller_country == buyer_country else "foreign"
    return tuple(
        InvoiceNote(row["code"], row["text"])
        for row in in_force(load("texts")["statutory_notes"], on)
        if row["country"] == seller_country and row.get("buyer", kind) == kind
    )
