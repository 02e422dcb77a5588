"""What may stand in a text of one line, and in any text at all."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.web.text import ONE_LINE, STORABLE

one_line: TypeAdapter[str] = TypeAdapter(Annotated[str, ONE_LINE])
storable: TypeAdapter[str] = TypeAdapter(Annotated[str, STORABLE])


@pytest.mark.parametrize("text", ["Zoé & Fils – 3ᵉ étage", "中古スマートフォン", "👍🏽", ""])
def test_what_people_are_called_goes_through(text: str) -> None:
    assert one_line.validate_python(text) == text


@pytest.mark.parametrize("text", ["a\x00", "a\r\nBcc: all", "a\tb", "a\x1b[2J", "a\u2028b", "a\x85b"])
def test_control_characters_and_line_breaks_do_not(text: str) -> None:
    with pytest.raises(ValidationError):
        one_line.validate_python(text)


def test_longer_texts_may_have_lines_but_no_nul() -> None:
    assert storable.validate_python("one\ntwo") == "one\ntwo"
    with pytest.raises(ValidationError):
        storable.validate_python("one\x00")
