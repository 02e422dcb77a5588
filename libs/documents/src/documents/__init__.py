"""Purchase orders and invoices: plain data in, PDF/A-3 and EN 16931 XML out."""

from documents.errors import DocumentRefused
from documents.parties import Account, Address, DeliverTo, Identifier, Party

__all__ = ["Account", "Address", "DeliverTo", "DocumentRefused", "Identifier", "Party"]
