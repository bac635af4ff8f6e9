"""From a raw table, a proposal of what each column is for. Nothing that has to be asked is taken silently."""
