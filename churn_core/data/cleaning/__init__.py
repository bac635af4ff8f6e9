"""Raw customers → clean customers by their schema, with an account of repairs and rejected rows."""
