"""Grades: every market has a scale of its own, and the rungs of one common ladder say which of their words mean the same.

A grade of one scale is a grade of another only where both have a word for the same rung. So a word that is carried to another
market and back is the word it was, two grades never become one, and what has no word there is refused, not rounded.
"""

from collections.abc import Iterable, Mapping

# Code → rung. Higher up, in better condition, is the lower number.
Scale = Mapping[str, int]


def ladder_of(scales: Iterable[Scale]) -> Scale:
    """Every word of every market. A code stands for one rung wherever it is used, which the market files are checked for."""
    return {code: rung for scale in scales for code, rung in scale.items()}


def own_words(scale: Scale, ladder: Scale) -> Mapping[str, str]:
    """Every word that has an equal in the scale, with that equal."""
    by_rung = {rung: code for code, rung in scale.items()}
    return {code: by_rung[rung] for code, rung in ladder.items() if rung in by_rung}


def scale_of(records: Iterable[Mapping[str, object]]) -> Scale:
    """A market's scale from its `grades.scale`."""
    return {str(grade["code"]): int(str(grade["rung"])) for grade in records}
