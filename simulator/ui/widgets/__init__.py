"""Widgets: each shows one piece of data, takes it by attribute, and tells of what is done to it by a message."""
