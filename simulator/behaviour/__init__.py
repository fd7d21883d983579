"""The choice model: utilities and choice probabilities."""
