"""The money: arrays in, arrays out; knows no model and no column name. Defined in ECONOMICS.md."""
