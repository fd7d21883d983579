"""Participants: their traits as arrays, and on demand a face for one of them."""
