"""Why a column is left out; leaks are in ``leaks``."""

from churn_core.data.campaign_columns import says_who_was_treated
from churn_core.data.cleaning.account import shown
from churn_core.data.proposing.identity import named_like_an_id
from churn_core.data.proposing.personal import is_counter, is_personal
from churn_core.data.proposing.raw_column import RawColumn
from churn_core.formats import short_percent

_LEAST_FILLED = 0.01  # share of the rows
_MOST_DIFFERENT = 0.5  # share of the filled rows that are different words
_ARMS = 2  # distinct values; contacted and left alone
_MANY = 50  # distinct values; an id of fewer things (a plan, a branch) is a category


def why_left_out(column: RawColumn) -> str:
    """Why nothing can be learnt from it, in words; empty if something can."""
    if column.filled < _LEAST_FILLED * column.rows or not column.filled:
        return f"blank in {short_percent(1 - column.filled / max(column.rows, 1))} of the rows"
    if column.distinct == 1 and column.filled >= (1 - _LEAST_FILLED) * column.rows:
        return f"the same in every row: {shown(column.present[0])}"
    if is_counter(column):
        return "it counts the rows"
    if is_personal(column):
        return "it says who somebody is, or how to reach him"
    if named_like_an_id(column) and column.distinct > _MANY and column.kind != "ordinal":
        return "another id"
    if column.distinct <= _ARMS and says_who_was_treated(column.name, column.levels):
        return "it says who was contacted in a campaign; contacted customers are left out of what is learnt"
    words = column.kind in ("text", "category")
    if words and column.distinct > max(_MANY, _MOST_DIFFERENT * column.filled):
        return "nearly every row has other words"
    return ""
