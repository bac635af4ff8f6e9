"""Customers: obtain, read, clean, describe."""
