"""Makes invoice files with the documents library, in a process of low priority: typesetting takes some 50 ms of its time."""

from documents import DocumentRefused
from documents.invoice import render
from documents.invoice_data import Invoice as Paper
from documents.invoice_data import InvoiceFiles
from documents.press import Press
from payments.domain.errors import InvoiceRefused


class DocumentTypesetter:
    """Raises InvoiceRefused for an invoice that must not be issued."""

    def __init__(self, press: Press | None = None) -> None:
        self._press = press or Press()

    async def invoice(self, paper: Paper) -> InvoiceFiles:
        """PDF/A-3 with the XML inside, and the XML alone."""
        try:
            return await self._press.make(render, paper)
        except DocumentRefused as refusal:
            raise InvoiceRefused(refusal.code) from refusal
