"""The world: meetings, generated or read from files."""
