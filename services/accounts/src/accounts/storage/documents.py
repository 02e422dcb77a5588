"""Sellers' documents: row ↔ aggregate, and their contents, kept once each by their hash."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.document import Document, DocumentKind, DocumentState
from accounts.domain.errors import DocumentNotFound
from accounts.storage import tables
from accounts.storage.locks import wait_in_line
from chassis.db.repository import Repository
from chassis.kernel.ids import Id


class DocumentRepository(Repository[Document]):
    """Without the contents: a list of documents is read far more often than a document."""

    table = tables.seller_documents
    not_found = DocumentNotFound

    async def of_seller(self, seller_id: Id) -> Sequence[Document]:
        """All of them; rivals who ask for the same seller wait until this transaction ends."""
        await wait_in_line(self._connection, f"documents of {seller_id}")
        return await self.listed(seller_id)

    async def listed(self, seller_id: Id) -> Sequence[Document]:
        """All of them, to be read only."""
        return await self.where(self.table.c.seller_id == seller_id)

    def to_row(self, aggregate: Document) -> dict[str, Any]:
        """Column values."""
        return dict(vars(aggregate))

    def from_row(self, row: Mapping[str, Any]) -> Document:
        """The document of a row."""
        return Document(**{**row, "kind": DocumentKind(row["kind"]), "state": DocumentState(row["state"])})


class DocumentFiles:
    """Contents by SHA-256; the same content is kept once, whoever uploads it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, sha256: str, content: bytes) -> None:
        """Nothing happens where it is there."""
        row = insert(tables.document_files).values(sha256=sha256, content=content)
        await self._connection.execute(row.on_conflict_do_nothing())

    async def read(self, sha256: str) -> bytes | None:
        """The content, if it is there."""
        files = tables.document_files
        found = await self._connection.execute(select(files.c.content).where(files.c.sha256 == sha256))
        content: bytes | None = found.scalar_one_or_none()
        return content
