"""The probabilities: features, candidates, evaluation, training, versions, explanations."""
