"""What a scenario is: the words, the frozen models of each kind of file, and the one loader."""
