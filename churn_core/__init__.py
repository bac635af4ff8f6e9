"""Whom to keep when customers leave: clean customers → calibrated probabilities → decisions.

The core computes and knows no Streamlit. Its rooms, from the bottom up; imports only go downwards:
``schema`` what a customer table is · ``data`` read, clean, write · ``campaign`` the money · ``model`` the probabilities ·
``decisions`` whom to contact · ``batch`` any number of customers · ``monitoring`` is it still right · ``storage`` the
database · ``application`` the use cases that pages, API and command line share · ``charts`` table → figure ·
``api`` and ``cli`` the doors. At the root is the ground: ``errors``, ``formats``, ``settings``, ``files``, ``jobs``, ``logs``.
"""

__version__ = "0.1.0"
