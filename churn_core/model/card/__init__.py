"""The readable card: log-odds = base + one line for each column, pair of columns or rule, each looked up in a small table.

::

    shape.py      what one column says: a curve of its numbers, or an effect for each of its levels
    joint.py      what columns say together: a table of two, a rule of two or three conditions
    card.py       the card as a value: its base and its lines
    as_json.py    the card as JSON and back, to the last bit
    fitted.py     a card as a model (``protocol.Model``)
    terms.py      what a column is learned by, and the shape that its terms become
    design.py     the terms of all columns as a matrix, and from coefficients back to lines
    ridge.py      the fit, and how strongly each group of terms is penalised
    rules.py      what columns say together, found by small trees
    check.py      what a fit is worth on customers that it has not seen
    plain.py      the plain card: shapes and rules
    picture.py    the card as tables that can be drawn
"""
