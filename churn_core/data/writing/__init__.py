"""Tables → CSV, Parquet and Excel files that are safe to open."""
