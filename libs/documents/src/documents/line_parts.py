"""What stands under a line because its price holds it: options that were chosen, and levies that the law wants shown."""

from collections.abc import Iterator, Sequence

from documents.invoice_data import LinePart
from documents.wording import Wording


def printed_parts(parts: Sequence[LinePart], words: Wording) -> Iterator[str]:
    """`with Windows 11 Pro (included, €25.00 each)`, `of which eco-contribution €0.30 each`."""
    for part in parts:
        amount = words.amount(part.unit_minor)
        if part.kind == "option":
            yield words.label("with_option", title=part.title, amount=amount)
        else:
            yield words.label("of_which", what=words.label(part.kind), amount=amount)


def named_parts(parts: Sequence[LinePart], words: Wording) -> Iterator[tuple[str, str]]:
    """A name and a value each, as an invoice's data holds attributes of an item."""
    for part in parts:
        if part.kind == "option":
            yield words.label("option"), part.title
        else:
            yield words.label(part.kind), words.amount(part.unit_minor)
