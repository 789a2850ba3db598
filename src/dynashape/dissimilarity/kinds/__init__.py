"""The dissimilarities as classes: what each keeps of a system, and how it compares two systems."""
