"""Opening the database and making its tables."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sandbox.storage.tables import metadata


def open_database(url: str) -> AsyncEngine:
    """A pool that fits one simulator process."""
    return create_async_engine(url, pool_size=10, max_overflow=10)


async def make_tables(engine: AsyncEngine) -> None:
    """Create what is missing; a simulator has no migrations, its state is reset instead."""
    async with engine.begin() as tx:
        await tx.run_sync(metadata.create_all)
