"""The app, `joinlab ui`: screens over the same functions as the command line. The only part that knows Textual."""
