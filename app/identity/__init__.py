"""Whom other services know: providers of identities, their keys and their tokens."""
