"""The demo: a county that does not exist, sent through the door that real ones use."""
