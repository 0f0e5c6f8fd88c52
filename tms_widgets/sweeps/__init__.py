"""Many problems to one labelled result."""
