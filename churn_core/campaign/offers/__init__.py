"""The best of several offers for each customer, within a budget and capacities (ECONOMICS.md, *Several offers*)."""
