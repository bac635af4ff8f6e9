"""The churn window in words: the time within which those who left did so, beside every figure that spans time."""

from churn_core.formats import counted
from churn_core.schema.schema import Schema


def within(schema: Schema) -> str:
    """`` within 3 months``; empty where nobody has said.

    >>> within(Schema(name="Shop", columns=(), window=3.0)), within(Schema(name="Shop", columns=()))
    (' within 3 months', '')
    """
    return "" if schema.window is None else f" within {counted(schema.window, 'month')}"


def of_leaving(schema: Schema) -> str:
    """What a churn probability is about: a sentence.

    >>> of_leaving(Schema(name="Shop", columns=(), window=1.0)), of_leaving(Schema(name="Shop", columns=()))
    ('Churn is leaving within 1 month.', 'This data does not say within what time customers left.')
    """
    return (
        f"Churn is leaving{within(schema)}."
        if schema.window is not None
        else "This data does not say within what time customers left."
    )
