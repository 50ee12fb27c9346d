"""What the service tells its operator: logs, metrics, and the number of a request."""
