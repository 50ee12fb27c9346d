"""The HTTP interface: types in, one call, types out."""
