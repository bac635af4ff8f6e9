"""The file to take along: one memo of a decision, written as a page that computes (HTML) and as slides (PPTX).

``memo`` gathers what is said, once and as plain text and numbers; ``page`` and ``slides`` only write it, so both say the same. Neither
holds a customer's id. The same customers, plan and results give the same bytes on the same day.
"""
