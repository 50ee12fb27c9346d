"""Reports and lists as documents: one function for each, any format from it."""
