"""The words by which names and values say who left: in English, German, Spanish, French, Portuguese and Italian.

All are written as ``plain`` writes them: in lower case and without accents.
"""

import re
from typing import Literal

from churn_core.data.proposing.words import spoken

Meaning = Literal["left", "stayed", "new", ""]

YES = frozenset({"yes", "y", "true", "t", "1", "ja", "j", "wahr", "si", "verdadero", "oui", "vrai", "sim", "verdadeiro", "vero"})
NO = frozenset({"no", "n", "false", "f", "0", "-1", "nein", "falsch", "falso", "non", "faux", "nao"})

_WHO_LEFT = """
    churn churned churner churners
    attrited exited left leaver lost cancelled canceled cancellation inactive terminated closed lapsed former
    gone quit unsubscribed expired departed abgewandert gekundigt gekuendigt ausgetreten verloren ehemalig inaktiv gegangen
    baja cancelado cancelada perdido perdida abandono inactivo inactiva fugado
    resilie resiliee parti partie perdu perdue inactif inactive ancien desabonne
    inativo inativa evadido evadida saiu encerrado disdetto disdetta perso persa inattivo inattiva cessato cessata abbandonato
    """
_WHO_STAYED = """
    stayed stay existing active retained current renewed loyal kept open member subscribed stayer
    aktiv geblieben bestehend bestand activo activa alta vigente retenido retenida
    actif active fidele reste abonne ativo ativa permaneceu retido mantido attivo attiva rimasto fedele cliente
    """
_WHO_NEW = "joined new prospect pending trial neu nuevo nueva nouveau nouvelle novo nova nuovo nuova"
_BESIDE_WORDS = "customer client cliente kunde user member subscriber account status has is ist"  # say nothing here
_NOT_WORDS = "no not non never nicht kein keine pas nao nunca"

_LEFT, _STAYED, _NEW = (frozenset(words.split()) for words in (_WHO_LEFT, _WHO_STAYED, _WHO_NEW))
_BESIDE, _NOT = frozenset(_BESIDE_WORDS.split()), frozenset(_NOT_WORDS.split())

_CHURN = r"churn(ed|er|ers|s)?|attrition|attrited|exited|abwanderung|abgewandert|evasao"
_LEAVE = (
    r"exits?|left|leavers?|cancell?(ed|ation)?|terminat(ed|ion)|lapsed?|closed|closure|unsubscribed?|quit|defect(ed|ion)|leaving|departure|"
    r"ausgeschieden|ausgetreten|austritts?|k(u|ue)ndigungs?|gek(u|ue)ndigt|abandon(ed|o)?|bajas?|fuga|cancelad[oa]|cancelacion|"
    r"resiliation|resiliee?|desabonnement|parti|cancelamento|rescisao|saida|saiu|abbandono|disdett[ao]|cessat[ao]|recesso"
)
_BESIDE_A_NAME = r"(has|is|did|customer|client|cliente|kunde|member|account|user|employee|flag|label|status|value|yn|hat|ist)"
_NEGATION = r"not|no|non|never|nicht|kein|keine|without"
NAMES_CHURN = re.compile(rf"\b({_CHURN})\b")
NAMES_LEAVING = re.compile(rf"\b({_CHURN}|{_LEAVE})\b")
NAMES_ONLY_LEAVING = re.compile(rf"({_BESIDE_A_NAME} )*({_CHURN}|{_LEAVE})( {_BESIDE_A_NAME})*")  # and nothing else
NAMES_NOT_LEAVING = re.compile(rf"\b({_NEGATION}) (yet )?({_CHURN}|{_LEAVE})\b")
NAMES_STAYING = re.compile(
    r"\b(active|aktiv|activo|actif|ativo|attivo|retained|retention|renew(ed|al)?|stayed|subscriber|subscribed|still|"
    r"current customer|geblieben|verlangert|renovado|renouvele|rinnovato)\b"
)
NAMES_AN_OUTCOME = re.compile(
    r"^(target|label|labels|outcome|y|class|response|(customer |client )?status|kundenstatus|estado|statut)$"
)
# What is about leaving, and is not whether somebody left: figures and details that are made later, or by another model.
NAMES_A_DETAIL = re.compile(
    r"\b(scores?|reasons?|category|prob(ability)?|predict(ed|ion)?|propensity|risk|date|day|days|month|months|year|years|count|"
    r"number|num|rate|previous|prior|before|past|ever|naive|classifier|mon|grund|datum|motivo|fecha|motif|raison|data|type)\b"
)


def meaning(value: str) -> tuple[Meaning, bool]:
    """What a value of an outcome says, and whether it says so by itself (``churned``) or is a mere yes or no.

    >>> meaning("Attrited Customer"), meaning("not churned"), meaning("Sí"), meaning("Gold")
    (('left', True), ('stayed', True), ('left', False), ('', False))
    """
    whole = spoken(value)
    if whole in YES or whole in NO:
        return ("left" if whole in YES else "stayed"), False
    words = [word for word in re.split(r"[^0-9a-z]+", whole) if word]
    telling = [word for word in words if word not in _BESIDE and word not in _NOT and not word.isdigit()] or words
    denied = any(word in _NOT for word in words)
    for told, known in (("left", _LEFT), ("stayed", _STAYED), ("new", _NEW)):
        if telling and all(word in known for word in telling) and not (denied and told == "new"):
            return _turned(told) if denied else told, True  # type: ignore[return-value]
    return "", False


def _turned(told: str) -> str:
    return "stayed" if told == "left" else "left"
