"""Facts and papers as JSON columns: dataclasses in, the same dataclasses out."""

from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from documents.invoice_data import Invoice as Paper
from payments.domain.facts import Dispatch, OrderedParts

T = TypeVar("T")


class Codec(Generic[T]):
    """JSON of one type; reading checks every field, so a row that no longer fits is noticed where it is read."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter = TypeAdapter(kind)

    def dump(self, value: T) -> Any:
        """JSON-ready."""
        return self._adapter.dump_python(value, mode="json")

    def load(self, raw: Any) -> T:
        """The value."""
        return self._adapter.validate_python(raw)


PAPER: Codec[Paper] = Codec(Paper)
DISPATCH: Codec[Dispatch] = Codec(Dispatch)
ORDERED: Codec[OrderedParts] = Codec(OrderedParts)
