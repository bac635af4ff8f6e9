"""What is told of the probabilities of a model beside who left, each table once for everybody."""

from typing import Any

import numpy as np

from churn_core.application.workspace import Workspace
from churn_core.campaign.optimise import Outcome, best_threshold
from churn_core.campaign.plan import Plan
from churn_core.decisions.kept import Told
from churn_core.decisions.policies import customer_sweep
from churn_core.model import comparison_file


def in_use(workspace: Workspace) -> Told:
    """Of the version in use, on the customers who were left alone: their probabilities, and who of them left."""
    return Told(workspace.figures, "in use", lambda: _alone(workspace, workspace.probability))


def compared(workspace: Workspace, comparison: dict[str, Any], name: str) -> Told:
    """Of a candidate of the comparison."""
    return Told(
        workspace.figures, (name, comparison["made_at"]), lambda: _alone(workspace, _held_out(workspace, comparison, name))
    )


def best_in_use(workspace: Workspace, plan: Plan) -> Outcome:
    """The best threshold on all customers by what the version in use expects."""
    return best_threshold(workspace.all_customers.expected_sweep, plan.campaign, plan.objective)


def best_compared(workspace: Workspace, plan: Plan, comparison: dict[str, Any], name: str) -> Outcome:
    """The same by what a candidate expects."""

    def found() -> Outcome:
        swept = customer_sweep(workspace.customers, _held_out(workspace, comparison, name), schema=workspace.schema)
        return best_threshold(swept, plan.campaign, plan.objective)

    return workspace.figures.get(("best", name, comparison["made_at"], plan.campaign, plan.objective), found)


def how_many(probability: np.ndarray, churned: np.ndarray) -> tuple[int, int]:
    """The customers, and who of them left."""
    return len(churned), int(churned.sum())


def _held_out(workspace: Workspace, comparison: dict[str, Any], name: str) -> np.ndarray:
    return comparison_file.held_out(comparison, name, workspace.probability)


def _alone(workspace: Workspace, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return probability[workspace.left_alone], workspace.churned[workspace.left_alone]
