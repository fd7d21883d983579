"""Screens: one of them a file."""
