"""The campaign as the browser computes it: one component for the Campaign page and for the file that is taken along."""
