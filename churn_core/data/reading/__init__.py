"""A file → raw tables, part by part: any usual delimiter, encoding and format."""
