"""Two texts side by side, with the words that changed marked up for the eye and for the ear."""

import re
from difflib import SequenceMatcher

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

# Beyond this many words a word-by-word comparison takes seconds; the two texts are then shown whole.
TOO_LONG = 6000


def changed_words(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Both texts as HTML: what went is in <del>, what came is in <ins>."""
    before, after = _words(old), _words(new)
    if len(before) + len(after) > TOO_LONG:
        return _marked("del", [old]), _marked("ins", [new])
    left, right = SafeString(), SafeString()
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            left, right = left + _plain(before[i1:i2]), right + _plain(after[j1:j2])
        else:
            left, right = left + _marked("del", before[i1:i2]), right + _marked("ins", after[j1:j2])
    return left, right


def _words(text: str) -> list[str]:
    """Words and the space between them, so that joining them again loses nothing."""
    return re.findall(r"\s+|[^\s]+", text)


def _plain(words: list[str]) -> SafeString:
    return mark_safe(conditional_escape("".join(words)))  # noqa: S308 - escaped here


def _marked(tag: str, words: list[str]) -> SafeString:
    text = "".join(words)
    return format_html("<{0}>{1}</{0}>", mark_safe(tag), text) if text else SafeString()  # noqa: S308 - our own tag
