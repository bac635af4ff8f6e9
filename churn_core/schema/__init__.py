"""What a customer table is, as a value that travels with the customers and with each version of a model."""

from churn_core.schema.column import BLANK, Column, Kind, Role, fold
from churn_core.schema.schema import Schema
from churn_core.schema.segment import Segment
from churn_core.schema.window import of_leaving, within

__all__ = ["BLANK", "Column", "Kind", "Role", "Schema", "Segment", "fold", "of_leaving", "within"]
