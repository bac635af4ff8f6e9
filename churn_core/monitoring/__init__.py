"""Whether customers to be scored still are like those the model was trained on: summaries, drift, outcomes, a verdict.

Pure: no file, no database. A file is kept as a ``Profile``; ``drift``, ``unseen_words`` and ``outcome_check`` compare it
with the reference's; ``verdict`` says in a sentence what to do. An alarm needs a shift that is both beyond chance and far:
significance alone would call every large file drifted, size alone every small one.
"""
