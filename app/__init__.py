"""Määräaika: statutory deadlines of Finnish child protection."""

__version__ = "0.1.0"
