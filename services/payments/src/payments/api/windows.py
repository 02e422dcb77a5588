"""Cursor pages over lists that are read newest first by time and id."""

from chassis.web.pages import PageRequest
from payments.domain.views import Window


def window_of(paging: PageRequest) -> Window:
    """One row more than asked for tells whether more follow; a cursor that is not ours is 422."""
    after = paging.after_moment
    return Window((after[0], str(after[1])) if after else None, paging.limit + 1)
