"""The shape card: boosted trees that may use one column or two, poured into tables, so that no tree is left in it."""
