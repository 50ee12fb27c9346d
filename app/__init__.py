"""Määräaika: statutory deadlines of Finnish child protection."""
