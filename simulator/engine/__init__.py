"""From a scenario to a tally: compile, walk, count."""
