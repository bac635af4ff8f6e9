"""The worked instances of several offers, through ``offers``: files in, the proven optimum out."""

import json
from pathlib import Path

import pandas as pd
import pytest

INSTANCES = json.loads((Path(__file__).parents[1] / "campaign" / "offers" / "offers_vectors.json").read_text())["instances"]


def written(instance: dict, folder: Path) -> tuple[Path, Path, list[object]]:
    """OFFERS, SCORED and the options of an instance; a rule is a column of its own with yes and no."""
    customers = pd.DataFrame(instance["customers"]).reset_index(names="customerID")
    rows = []
    for k, offer in enumerate(instance["offers"]):
        row = {"offer" if key == "name" else key: value for key, value in offer.items() if key != "only_for"}
        if offer["only_for"] is not None:
            customers[f"may get {k}"] = ["yes" if may else "no" for may in offer["only_for"]]
            row["only_if"] = f"may get {k}=yes"
        rows.append(row)
    pd.DataFrame(rows).to_csv(folder / "offers.csv", index=False)
    customers.to_csv(folder / "scored.csv", index=False)
    limits = [] if instance["budget"] is None else ["--budget", instance["budget"]]
    return folder / "offers.csv", folder / "scored.csv", [*limits, "--fixed-cost", instance["fixed_cost"]]


@pytest.mark.parametrize("instance", INSTANCES, ids=[each["id"] for each in INSTANCES])
def test_a_worked_instance_comes_out_at_its_optimum_and_within_its_bound(home, answer, tmp_path, instance):
    offers, scored, options = written(instance, tmp_path)
    told, best = answer("offers", offers, scored, *options, "--output", tmp_path / "list.csv"), instance["optimum"]
    assert told["profit"] == pytest.approx(best["profit"], rel=1e-9, abs=1e-9)
    assert told["spend"] == pytest.approx(best["spend"], rel=1e-9, abs=1e-9) and told["contacted"] == best["customers"]
    assert told["profit"] - 1e-9 <= told["bound"] <= max(instance["lp_bound"], told["profit"]) * (1 + 1e-9) + 1e-9
    given = pd.read_csv(tmp_path / "list.csv", dtype={"offer": "str"})["offer"]
    assert [None if pd.isna(each) else each for each in given] in best["all_best_assignments"]
