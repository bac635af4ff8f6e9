"""The database: campaigns, publications and the files that were seen."""
