"""The words of a search: what they stand for, and what a misspelt one was meant to be."""

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

_SYNONYMS = Path(__file__).parent / "synonyms.toml"
_WORD = re.compile(r"[^\W_]+")
_SIZE = re.compile(r"(\d+)([a-z]+)")
# In shorter words a letter more or less makes another word.
_CORRECTED_MIN = 4

Phrase = tuple[str, ...]


def words_of(q: str | None) -> Phrase:
    """The words asked for, in lower case, sizes written in one: `128 Go` is `128gb`."""
    units = _synonyms()[1]
    found: list[str] = []
    for word in _WORD.findall((q or "").lower()):
        if word in units and found and found[-1].isdigit():
            found[-1] += units[word]
            continue
        size = _SIZE.fullmatch(word)
        found.append(size[1] + units[size[2]] if size and size[2] in units else word)
    return tuple(found)


def query_of(words: Phrase, meant: "Meant | None" = None) -> str:
    """What is asked of the text index: all words or what they stand for, each by its beginning.

    A number is its own end: who asks for an iPhone 1 does not mean 13, unless it is the last word and still being typed.
    """
    phrases = _synonyms()[0]
    longest = max(map(len, phrases))
    parts, at = [], 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            alternatives = phrases.get(tuple(map(_plain, words[at : at + size])), ())
            if alternatives or size == 1:
                break
        own = words[at : at + size]
        at += size
        spelt = [own, *alternatives]
        if meant is not None and size == 1 and not alternatives:
            spelt += [(word,) for word in meant.of(own[0])]
        parts.append(" | ".join(_all_of(one, at == len(words)) for one in spelt))
    return " & ".join(f"({part})" for part in parts)


class Meant:
    """A vocabulary that knows what a misspelt word was meant to be: one letter wrong, missing, too many, or two swapped.

    Two words that are alike in this way are equal after taking a letter from one of them or from each.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._sorted = sorted(set(vocabulary))
        self._shortened: dict[str, list[str]] = defaultdict(list)
        for word in self._sorted:
            if len(word) >= _CORRECTED_MIN and not word.isdigit():
                for short in _shortened(word):
                    self._shortened[short].append(word)

    def of(self, word: str) -> Sequence[str]:
        """What it may have been; nothing for a word that begins one of the vocabulary."""
        at = bisect_left(self._sorted, word)
        if at < len(self._sorted) and self._sorted[at].startswith(word):
            return ()
        if len(word) < _CORRECTED_MIN or word.isdigit():
            return ()
        found = {one for short in _shortened(word) for one in self._shortened.get(short, ())}
        # A digit is not a slip of the finger: another one is another device.
        return sorted(one for one in found if re.sub(r"\D", "", one) == re.sub(r"\D", "", word))


def _shortened(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _all_of(phrase: Phrase, is_last: bool) -> str:
    asked = []
    for place, word in enumerate(phrase, start=1):
        ended = word.isdigit() and not (is_last and place == len(phrase))
        asked.append(f"({word} | {word}gb | {word}tb)" if ended else f"{word}:*")
    return " & ".join(asked)


def _plain(word: str) -> str:
    """Without accents: not everybody types them."""
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char)).replace(
        "ß", "ss"
    )


@cache
def _synonyms() -> tuple[dict[Phrase, tuple[Phrase, ...]], dict[str, str]]:
    """What each phrase may be called instead, and what each unit is called."""
    read = tomllib.loads(_SYNONYMS.read_text(encoding="utf-8"))
    phrases: dict[Phrase, list[Phrase]] = defaultdict(list)
    for phrase, alternatives in read["phrases"].items():
        phrases[tuple(phrase.split())] += [tuple(one.split()) for one in alternatives]
    for english, others in read["words"].items():
        for other in others:
            phrases[(other,)].append((english,))
    units = {name: unit for unit, names in read["units"].items() for name in (unit, *names)}
    return {phrase: tuple(alternatives) for phrase, alternatives in phrases.items()}, units
