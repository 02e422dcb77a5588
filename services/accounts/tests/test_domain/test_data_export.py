"""An export: gathered, there for a week, gone."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.data_export import MOVES, DataExport, ExportState
from accounts.domain.errors import ExportGone, ExportNotReady
from chassis.kernel.ids import new_id
from chassis.kernel.personal_data import Subject
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import NOW


def an_export(**changes: Any) -> DataExport:
    values = {"state": ExportState.GATHERING, **changes}
    return DataExport(id=new_id(), version=1, subject=Subject(new_id()), asked_by=new_id(), asked_at=NOW, **values)


def test_every_move_leads_where_the_table_says_or_is_refused() -> None:
    moves = {"complete": lambda one: one.complete(b"zip", NOW), "forget": lambda one: one.forget()}
    tried = check_every_move(MOVES, ExportState, lambda state: an_export(state=state), moves, lambda one: one.state)
    assert tried == 2 * len(ExportState)


def test_it_can_be_fetched_for_a_week_and_not_before_or_after() -> None:
    export = an_export()
    with pytest.raises(ExportNotReady):
        export.fetched()
    ready = export.complete(b"zip", NOW)
    assert (ready.fetched(), ready.expires_at) == (b"zip", NOW + timedelta(days=7))
    with pytest.raises(ExportGone):
        ready.forget().fetched()
