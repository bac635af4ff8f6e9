"""Customers: obtain, read, clean, generate, write."""
