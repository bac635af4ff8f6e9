"""The use cases that command line, pages and API share."""
