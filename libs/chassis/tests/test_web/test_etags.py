"""ETags: what was read is what is changed, or nothing."""

import pytest

from chassis.web.etags import SeenVersion, etag
from chassis.web.problems import Problem


def test_the_etag_of_a_version_names_it_when_it_comes_back() -> None:
    assert SeenVersion(etag(7)).version == 7


@pytest.mark.parametrize("header", ["*", 'W/"v7"', "v7", '"v07"', '"v-1"', '"7"', ""])
def test_an_etag_that_is_none_of_ours_fits_no_version(header: str) -> None:
    assert SeenVersion(header).version == 0


def test_an_edit_without_if_match_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        _ = SeenVersion(None).version
    assert (refused.value.status_code, refused.value.code) == (428, "if_match_required")
