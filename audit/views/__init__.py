"""The auditors' pages: the log and what is made of it. To look at any of them is itself on record."""
