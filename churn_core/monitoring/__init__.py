"""Whether customers to be scored still are like those the model was trained on: summaries, drift, outcomes, a verdict.

Pure: no file, no database. A file is kept as a ``Profile``; ``drift``, ``unseen_words`` and ``outcome_check`` compare it
with the reference's; ``verdict`` says in a sentence what to do. An alarm needs a shift that is both beyond chance and far:
significance alone would call every large file drifted, size alone every small one.
"""

from churn_core.monitoring.counting import bins_of, profile
from churn_core.monitoring.judgement import MoneyDrift, Verdict, verdict
from churn_core.monitoring.outcomes import OutcomeCheck, outcome_check
from churn_core.monitoring.shifts import drift, holm, homogeneity_p_value, population_stability_index, unseen_words
from churn_core.monitoring.summary import OTHER_WORDS, SCORE, Bins, Outcomes, Profile

__all__ = [
    "OTHER_WORDS",
    "SCORE",
    "Bins",
    "MoneyDrift",
    "OutcomeCheck",
    "Outcomes",
    "Profile",
    "Verdict",
    "bins_of",
    "drift",
    "holm",
    "homogeneity_p_value",
    "outcome_check",
    "population_stability_index",
    "profile",
    "unseen_words",
    "verdict",
]
