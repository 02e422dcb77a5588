"""What imports tell in public: that a file came, whether it waits for a word, and how it ended; never its lines."""

from typing import Any

from catalog.domain.stock_import_events import (
    ImportCancelled,
    ImportConfirmationAwaited,
    ImportConfirmed,
    ImportDone,
    ImportEvent,
    ImportFailed,
    ImportReceived,
    ImportStarted,
)
from chassis.db.outbox import PublicEvent

IMPORT = "catalog.import"


def public_import(event: ImportEvent) -> PublicEvent:
    """The public event of a fact about an import."""
    name, data = _shape(event)
    return PublicEvent(
        topic=IMPORT,
        type=f"{IMPORT}.{name}.v1",
        aggregate_id=event.aggregate_id,
        seq=event.seq,
        data={"import_id": str(event.aggregate_id), "seller_id": str(event.seller_id), **data},
    )


def _shape(event: ImportEvent) -> tuple[str, dict[str, Any]]:
    match event:
        case ImportReceived():
            as_of = event.as_of.isoformat().replace("+00:00", "Z")
            return "received", {"mode": event.mode, "dry_run": event.dry_run, "lines": event.rows, "as_of": as_of}
        case ImportStarted():
            return "started", {}
        case ImportConfirmationAwaited():
            return "confirmation_awaited", {"offers_on_sale": event.live, "offers_going_offline": event.going}
        case ImportConfirmed():
            return "confirmed", {"offers_going_offline": event.going}
        case ImportDone():
            return "done", {"counts": event.counts}
        case ImportFailed():
            return "failed", {"reason": event.reason}
        case ImportCancelled():
            return "cancelled", {"reason": event.reason}
        case _:
            raise TypeError(f"{type(event).__name__} has no public shape")
