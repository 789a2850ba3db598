"""What is asked: the specification of a study, where it comes from, and the tasks that it can name."""
