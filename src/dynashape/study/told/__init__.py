"""What is told: figures, report and files made of what was found."""
