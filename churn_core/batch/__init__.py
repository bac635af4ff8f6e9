"""Any number of customers, part by part: on this machine or on Spark."""
