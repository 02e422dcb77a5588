"""What names and addresses may not be made of: letters that pass for others, and signs that nobody sees."""

import re
import unicodedata

from accounts.domain.errors import NameMisleading

# Scripts with letters that look like those of another one of them: "Аpple" with a Cyrillic A.
_LOOKALIKES = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
# Formatting signs, such as zero-width spaces and marks that turn the direction; private and unassigned ones.
_INVISIBLE = ("Cf", "Co", "Cn", "Cs")
_WORD = re.compile(r"[^\W\d_]+")


def check_names(**typed: str | None) -> None:
    """Refuse the first text that could be taken for another: words of mixed scripts, or hidden signs. None is fine.

    A whole word of another script is somebody's honest name and passes.
    """
    for field, text in typed.items():
        if text is None:
            continue
        if any(unicodedata.category(sign) in _INVISIBLE for sign in text):
            raise NameMisleading("it holds signs that nobody sees", field=field)
        if any(len(_scripts(word)) > 1 for word in _WORD.findall(text)):
            raise NameMisleading("a word mixes letters of several scripts", field=field)


def _scripts(word: str) -> set[str]:
    named = (unicodedata.name(letter, "") for letter in word)
    return {script for name in named for script in _LOOKALIKES if name.startswith(script)}
