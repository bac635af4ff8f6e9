"""Whom to keep when customers leave: clean customers → calibrated probabilities → decisions.

The core computes and knows no Streamlit. It is read from the bottom up: ``schema`` (what a customer table is),
``data`` (obtain, read, clean, describe), ``campaign`` (the money), ``model`` (the probabilities), ``scoring``
(the decisions), ``workspace`` (what the product runs on), ``charts``, and on top ``api`` and ``cli``.
"""

__version__ = "0.1.0"
