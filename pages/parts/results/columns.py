"""The columns of the tables about finished campaigns."""

import streamlit as st

from pages.parts import words
from pages.parts.column_kinds import column, count, day, difference, money, percent, text


def result_columns() -> dict:
    """The columns of finished campaigns."""
    return {
        "name": text("Campaign"),
        "measured_at": day("Measured"),
        "treated": count("Contacted"),
        "control": count("Left alone"),
        "kept": count("Customers kept"),
        "success_rate": percent("Success rate", "Of those who would have left, the share that the contact kept.", 0),
        "success_rate_low": percent("from", "95% interval.", 0),
        "success_rate_high": percent("to", "", 0),
        "expected": money("Expected profit"),
        "realised_profit": money("Realised profit", "Against the customers left alone."),
        "realised_profit_low": money("from", "95% interval."),
        "realised_profit_high": money("to"),
    }


def waiting_columns() -> dict:
    """The columns of campaigns that wait for their result."""
    return {
        "name": text("Campaign"),
        "drawn_at": day("List drawn"),
        "treated": count("To contact"),
        "control": count("Left alone"),
        "expected_profit": money("Expected profit"),
        "ends": day("Measure from", "The window is over then."),
    }


def tenth_columns() -> dict:
    """The columns of a campaign's levels of risk."""
    return {
        "stratum": column(words.count, "Level of risk", "1 is the tenth with the highest churn probabilities."),
        "treated": count("Contacted"),
        "churn_treated": percent("of them left"),
        "control": count("Left alone"),
        "churn_control": percent("of them left"),
        "effect": difference("Fewer left", "Churn of those left alone minus that of the contacted."),
        "low": difference("from", "95% interval."),
        "high": difference("to"),
        "may_harm": st.column_config.CheckboxColumn("May harm"),
    }


def offer_columns() -> dict:
    """The columns of a campaign's offers."""
    return {
        "offer": text("Offer"),
        "treated": count("Contacted"),
        "left_treated": count("of them left"),
        "control": count("Left alone"),
        "left_control": count("of them left"),
        "kept": count("Customers kept"),
        "success_rate": percent("Success rate", "Of those who would have left, the share that the offer kept.", 0),
        "success_rate_low": percent("from", "95% interval.", 0),
        "success_rate_high": percent("to", "", 0),
    }
