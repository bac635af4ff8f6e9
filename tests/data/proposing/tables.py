"""Small tables of customers, as companies export them, of which a test changes what it is about."""

import numpy as np
import pandas as pd

ROWS = 400


def customers(rows: int = ROWS, left: str = "churn", words: tuple[str, str] = ("no", "yes"), **others: object) -> pd.DataFrame:
    """An id, three features and the outcome, as text. ``others`` are further columns, which stand before the outcome; ``None`` takes
    one away. A fifth has left, by chance.
    """
    chance = np.random.default_rng(3)
    gone = chance.random(rows) < 0.2
    columns: dict[str, object] = {
        "customer_id": [f"C{i:05}" for i in chance.permutation(rows)],
        "visits": chance.integers(0, 30, rows).astype(str),
        "plan": chance.choice(["basic", "plus", "premium"], rows),
        "distance": [f"{value:.2f}" for value in chance.gamma(2, 3, rows)],
        **others,
    }
    frame = pd.DataFrame({name: values for name, values in columns.items() if values is not None})
    return frame.assign(**{left: np.where(gone, words[1], words[0])}) if left else frame


def numbers(low: float, high: float, rows: int = ROWS, decimals: int = 2, seed: int = 0) -> list[str]:
    """So many numbers between two, as text."""
    return [f"{value:.{decimals}f}" for value in np.random.default_rng(seed).uniform(low, high, rows)]


def gone(frame: pd.DataFrame, left: str = "churn", word: str = "yes") -> np.ndarray:
    """Who has left (rows,)."""
    return (frame[left] == word).to_numpy()
