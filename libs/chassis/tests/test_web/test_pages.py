"""A cursor leads on from the last item seen, and only a cursor of the same kind of list does."""

from datetime import UTC, datetime

import pytest
from starlette.requests import Request
from starlette.responses import Response

from chassis.kernel.ids import new_id
from chassis.web.pages import PageRequest
from chassis.web.problems import Problem


def asked(cursor: str | None) -> PageRequest:
    scope = {"type": "http", "path": "/v1/things", "query_string": b"", "headers": [], "server": ("t", 80)}
    return PageRequest(Request({**scope, "method": "GET", "scheme": "http"}), Response(), 10, cursor)


def test_the_first_page_goes_on_from_nowhere() -> None:
    assert (asked(None).after_id, asked(None).after_moment) == (None, None)


def test_a_cursor_by_time_and_id_comes_back_as_both() -> None:
    key = (datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC), new_id())
    assert asked(asked(None).page(["thing"], key).next_cursor).after_moment == key


def test_a_cursor_of_another_list_is_refused() -> None:
    by_id = asked(asked(None).page(["thing"], [new_id()]).next_cursor)
    with pytest.raises(Problem, match="was not made by us"):
        _ = by_id.after_moment
    by_moment = asked(asked(None).page(["thing"], (datetime.now(UTC), new_id())).next_cursor)
    with pytest.raises(Problem, match="was not made by us"):
        _ = by_moment.after_id
