"""Files of those who have no API: what rows say, sent in like any other event."""
