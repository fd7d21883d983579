"""What each screen says, worked out without Textual: the app shows it, `--plain` prints it."""
