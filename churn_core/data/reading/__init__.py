"""A file → raw tables, part by part, in any usual format, delimiter and encoding."""
