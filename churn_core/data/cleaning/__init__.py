"""Raw customers → clean customers by their schema, and the account of what was mended or rejected."""
