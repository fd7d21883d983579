"""From a tally to estimates with intervals."""
