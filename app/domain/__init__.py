"""The law, the events and the figures: pure, without clock, framework or I/O."""
