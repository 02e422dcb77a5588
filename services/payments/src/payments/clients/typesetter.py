"""Makes invoice files with the documents library, in a thread: typesetting takes some 50 ms of processor time."""

import asyncio

from documents import DocumentRefused
from documents.invoice import render
from documents.invoice_data import Invoice as Paper
from documents.invoice_data import InvoiceFiles
from payments.domain.errors import InvoiceRefused


class DocumentTypesetter:
    """Raises InvoiceRefused for an invoice that must not be issued."""

    async def invoice(self, paper: Paper) -> InvoiceFiles:
        """PDF/A-3 with the XML inside, and the XML alone."""
        try:
            return await asyncio.to_thread(render, paper)
        except DocumentRefused as refusal:
            raise InvoiceRefused(refusal.code) from refusal
