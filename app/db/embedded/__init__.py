"""A PostgreSQL of our own in the data directory, shared by the service's processes."""

from app.db.embedded.errors import EmbeddedPostgresError
from app.db.embedded.supervisor import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
