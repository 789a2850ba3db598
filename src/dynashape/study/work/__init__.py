"""What is worked: the steps of a study as values, and the plan that is the graph of them."""
