"""What a customer table is, as a value that travels with the customers and with each version of a model."""

from churn_core.schema.types import BLANK, Column, Kind, Role, Schema, Segment, fold

__all__ = ["BLANK", "Column", "Kind", "Role", "Schema", "Segment", "fold"]
