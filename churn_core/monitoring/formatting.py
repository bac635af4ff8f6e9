"""Numbers as the sentences of monitoring show them."""


def number(value: float) -> str:
    """``1,397``, ``20.05``, ``0.553``: as many digits as tell bins apart."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 1 else f"{value:.3g}"


def amount(money: float) -> str:
    """``15,800``, ``123``, ``0.5``: as much as is known, three significant digits."""
    return f"{float(f'{money:.3g}'):,.0f}" if abs(money) >= 100 else f"{money:.3g}"


def percent(share: float) -> str:
    """``24 %``, ``2.4 %``, ``0.24 %``."""
    return f"{100 * share:.0f} %" if share >= 0.1 or share == 0 else f"{100 * share:.2g} %"


def p_in_words(value: float) -> str:
    """``p = 0.020``, ``p < 0.001``."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
