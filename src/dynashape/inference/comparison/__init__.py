"""One comparison: two tasks, two conditions of the same networks, and how far each labelling separates them."""
