"""Names in Cyrillic, Greek, Arabic and Hebrew letters, in Latin ones: enough to find a name, not to print it."""

from __future__ import annotations

CYRILLIC = (
    "а a б b в v г g д d е e ё e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh "
    "щ sh ы y э e ю yu я ya і i ї i є e ґ g ў u ћ c ђ d љ l њ n џ dz"
)
GREEK = "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
ARABIC = (
    "ا a أ a إ i آ a ب b ت t ث th ج j ح h خ kh د d ذ dh ر r ز z س s ش sh ص s ض d ط t ظ z غ gh ف f ق q ك k ل l م m "
    "ن n ه h و w ي y ى a ة a ئ y ؤ w پ p چ ch ژ zh گ g ک k ی y"
)
HEBREW = "א a ב b ג g ד d ה h ו v ז z ח ch ט t י y כ k ך k ל l מ m ם m נ n ן n ס s פ p ף p צ ts ץ ts ק k ר r ש sh ת t"
SILENT = "ъьءعʻʼ"


def _table() -> dict[int, str]:
    pairs: dict[int, str] = {}
    for alphabet in (CYRILLIC, GREEK, ARABIC, HEBREW):
        signs = alphabet.split()
        for letter, said in zip(signs[::2], signs[1::2], strict=True):
            pairs[ord(letter)] = said
            if letter.upper() != letter:
                pairs[ord(letter.upper())] = said.capitalize()
    return pairs | {ord(letter): "" for letter in SILENT + SILENT.upper()}


TABLE = _table()


def in_latin(name: str) -> str:
    return name if name.isascii() else name.translate(TABLE)
