"""Which language a text is in, as an ISO 639-1 code, or ``und`` rather than a guess.

The model is that of the py3langid package, kept in our own file: :mod:`tasks.enrich.language_model`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.enrich.language_model import rank_labels

UNKNOWN = "und"
"""What a text is called when no language is likely enough."""

_MAX_CHARACTERS = 1000
_MIN_LETTERS = 16
_MIN_PROBABILITY = 0.5

_SAME = {
    "arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh", "nn": "no", "uzs": "uz", "sdh": "ku", "gug": "gn",
    "nso": "st", "kik": "ki", "gcr": "ht", "gcf": "ht", "ltg": "lv", "ext": "es", "hbo": "he", "grc": "el",
}  # fmt: skip
"""Labels of the model that are written forms or close kin of a language newspapers are printed in."""


def detect_languages(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Return (ISO 639 code, probability 0–1) for each text; ``und`` when the text is short or the model unsure.

    Only the first 1,000 characters are read.  With ``und`` the probability is that of the best guess.
    """
    return [_detect(text[:_MAX_CHARACTERS]) for text in texts]


def _detect(text: str) -> tuple[str, float]:
    """Return code and probability of one text."""
    letters = sum(map(str.isalpha, text))
    probabilities: dict[str, float] = {}
    for label, probability in rank_labels(text, 12):
        code = _SAME.get(label, label)
        probabilities[code] = probabilities.get(code, 0.0) + probability
    code, probability = max(probabilities.items(), key=lambda pair: (pair[1], pair[0]))
    probability = min(probability, 1.0)
    if _is_short(letters, text) or probability < _MIN_PROBABILITY:
        return UNKNOWN, probability
    return code, probability


def _is_short(letters: int, text: str) -> bool:
    """True for fewer than 16 letters; scripts without spaces say as much in a third of the characters."""
    dense = any(
        "\u0e00" <= c <= "\u0eff" or "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" for c in text[:80]
    )
    return letters < (_MIN_LETTERS // 3 if dense else _MIN_LETTERS)
