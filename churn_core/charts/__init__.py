"""Tables → Plotly figures. Computes nothing, knows no model and no page."""
