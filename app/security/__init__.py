"""What must stay secret, and what must not come in."""
