"""Smart placement: running beside the visitor or beside the data."""
