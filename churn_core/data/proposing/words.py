"""The name of a column → plain words that rules can look for, however it is written."""

import re
import unicodedata
from functools import lru_cache

_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^0-9A-Za-z\u00c0-\uffff]+")
_LONGEST = 60  # characters of one word; a longer one is not taken apart
# Words that are written together in names: "Tenureinmonths", "Kundennummer". A word is taken apart only if it is nothing but these.
_WORDS = """
    account active activo address age amount annual anual area arpu average avg beginn beitrag bill billing branch cancel
    cancellation cancelled category charge charges charged churn churned city client cliente code contract count country cuota
    customer data date datum dauer day days device email end exited fee first flag full gender gebuhr id in is jahre jahres
    kunde kunden kundigung kundigungs kuendigung kuendigungs label last left length lifetime line loyalty mail marital member
    membership mensal mensual minutes mobile monat monate monats month monthly months mrr name nationality no nr num number
    nummer numero of on online payment per phone plan policy postal premium price reason revenue score senior start started
    status subscriber subscription tenure time total type user value vertrag vertrags weekly week year yearly years zip
    inactive eintritts austritts geburts grund tag gesamt umsatz preis tarif motivo fecha cancelacion
    """
_JOINED = frozenset(_WORDS.split())


def plain(text: str) -> str:
    """Lower case, without accents, single spaces.

    >>> plain("  Gekündigt  AM ")
    'gekundigt am'
    """
    apart = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).lower().split())


def spoken(value: str) -> str:
    """A value as a word: plain, without a full stop, and a whole number without decimals.

    >>> spoken("True."), spoken("1.0"), spoken("0,00")
    ('true', '1', '0')
    """
    return re.sub(r"^(-?\d+)[.,]0+$", r"\1", plain(value).rstrip(".!"))


@lru_cache(maxsize=4096)
def words_of(name: str) -> str:
    """The words of a column's name, in lower case, without accents, one space between two.

    >>> words_of("MonthlyCharges "), words_of("customerID"), words_of("Tenureinmonths"), words_of("Kündigungsdatum")
    ('monthly charges', 'customer id', 'tenure in months', 'kundigungs datum')
    """
    without = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return " ".join(part for word in _BETWEEN_WORDS.split(without) if word for part in _apart(plain(word)))


def as_spelt(name: str) -> str:
    """``words_of`` with the letters of the name itself.

    >>> as_spelt("Schäden"), as_spelt("AnciennetéEnMois"), as_spelt("straße_2"), as_spelt("MonthlyCharges ")
    ('schäden', 'ancienneté en mois', 'straße 2', 'monthly charges')
    """
    words, at, spelt = words_of(name), 0, ""
    for sign in unicodedata.normalize("NFC", name):
        while words[at : at + 1] == " ":
            spelt, at = spelt + " ", at + 1
        letters = plain(sign)
        if letters and words.startswith(letters, at):
            spelt, at = spelt + sign.lower(), at + len(letters)
    return spelt if at == len(words) else words


def _apart(word: str) -> tuple[str, ...]:
    """The known words that ``word`` is made of, as few as possible; the word itself where it is made of others too."""
    if word in _JOINED or not 4 < len(word) <= _LONGEST:
        return (word,)
    best: dict[int, tuple[str, ...]] = {0: ()}  # characters → the words that they are
    for end in range(2, len(word) + 1):
        made = [(*best[start], word[start:end]) for start in best if word[start:end] in _JOINED]
        if made:
            best[end] = min(made, key=len)
    return best.get(len(word), (word,))
