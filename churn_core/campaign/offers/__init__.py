"""The best of several offers for each customer, within a budget and capacities (ECONOMICS.md, *Several offers*).

``offer`` is what an offer is; ``assign`` decides who gets which, ``frontier`` for every budget, and ``one_more`` says what more
of a limit would earn. How: ``solve`` takes each customer's own best offer where that fits. Otherwise ``prices`` finds what money
and capacity are worth, ``ties`` settles who takes what at these prices, ``improve`` uses up what is left, and ``core`` looks
through all that can still be better, in two ``halves``, until the best is proven or it would take too long.
"""
