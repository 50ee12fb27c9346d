"""What stands before every route: who may speak, for how long, and how much at once."""
