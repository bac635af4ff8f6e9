"""A fitted equation as a value and as JSON: log-odds = intercept + Σ coefficient · term.

The production model is stored like this. Nothing of it is unpickled, anybody can read it, and every number comes back to the last
bit.
"""

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from churn_core.errors import ModelError
from churn_core.model.evidence import Evidence
from churn_core.model.term import Term

FORMAT = 1  # of the JSON; a program that reads another one says so
_NUMBERS = ("coefficient", "mean", "scale")  # of each term, in its own unit


@dataclass(frozen=True, kw_only=True)
class Equation:
    """The terms with their ``coefficients``, and their ``means`` and standard deviations (``scales``) among the training
    customers, each (k,) in its term's unit; ``intercept`` on the log-odds. ``C`` (inverse strength of the penalty) and
    ``class_weight`` are scikit-learn's, with which it was learned; ``resampled``: from customers that were partly invented.
    ``evidence``: what the training customers say of each reason, where it was gathered.
    """

    terms: tuple[Term, ...]
    coefficients: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    intercept: float
    C: float
    class_weight: Any = None
    resampled: bool = False
    evidence: Evidence | None = None

    @property
    def is_of_real_customers(self) -> bool:
        """Customers were neither weighted nor invented, so the coefficients have standard errors."""
        return self.class_weight is None and not self.resampled

    @property
    def is_whole(self) -> bool:
        """The JSON says all that it takes to learn it again; a resampler is an object of a library, which JSON cannot hold."""
        return not self.resampled and (self.class_weight is None or isinstance(self.class_weight, str))


def dumps(equation: Equation) -> bytes:
    """The equation as JSON: ``format``, ``intercept``, ``C``, ``class_weight``, ``evidence`` (``edges`` and ``directions``, or null),
    and ``terms``, each with what it is and its ``coefficient``, ``mean`` and ``scale``.
    """
    numbers = zip(equation.coefficients, equation.means, equation.scales, strict=True)
    terms = [asdict(term) | dict(zip(_NUMBERS, each, strict=True)) for term, each in zip(equation.terms, numbers, strict=True)]
    head = {"format": FORMAT, "intercept": equation.intercept, "C": equation.C, "class_weight": equation.class_weight}
    evidence = equation.evidence and asdict(equation.evidence)
    return json.dumps({**head, "evidence": evidence, "terms": terms}, indent=1, ensure_ascii=False, allow_nan=False).encode()


def loads(content: bytes) -> Equation:
    """The equation. Raises ``ModelError`` where the content is none, of another format, or has a term that is not known."""
    try:
        value = json.loads(content)
        if value["format"] != FORMAT:
            raise ModelError(f"It has the format {value['format']!r}, and this program reads {FORMAT}.")
        evidence = value.get("evidence")  # versions of earlier programs have none
        lines = [{name: float(line.pop(name)) for name in _NUMBERS} for line in value["terms"]]
        equation = Equation(
            terms=tuple(_term(term) for term in value["terms"]),
            coefficients=tuple(line["coefficient"] for line in lines),
            means=tuple(line["mean"] for line in lines),
            scales=tuple(line["scale"] for line in lines),
            intercept=float(value["intercept"]),
            C=float(value["C"]),
            class_weight=value["class_weight"],
            evidence=None if evidence is None else Evidence.from_json(evidence),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"It cannot be read as an equation ({type(error).__name__}).") from error
    numbers = (equation.intercept, equation.C, *equation.coefficients, *equation.means, *equation.scales)
    if not all(map(math.isfinite, numbers)) or not equation.is_whole:
        raise ModelError("It cannot be read as an equation (a number of it is not finite).")
    return equation


def _term(value: dict[str, Any]) -> Term:
    """A term from JSON, where tuples are lists."""
    fields: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in value.items()}
    return Term(**fields)
