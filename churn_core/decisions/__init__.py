"""Clean customers, a model and a plan → decisions, and what they come to."""
