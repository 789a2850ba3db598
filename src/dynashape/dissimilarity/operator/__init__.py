"""From activity to the operator of a system: delay embedding, leading directions, regression, held-out error."""
