"""Segments that are found: groups of customers whose churn rate lies far from that of all others. SEGMENTS.md is the method."""
