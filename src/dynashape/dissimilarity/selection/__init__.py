"""One number of delays and one rank for a whole set of systems, chosen before any label is looked at."""
