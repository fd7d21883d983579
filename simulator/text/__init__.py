"""Results, people and flows as text and plain data, for the command line and the app alike."""
