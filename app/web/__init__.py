"""Screens: pages that the server renders, readable without JavaScript."""
