"""All comparisons of a study together: corrected tests, the verdict, the claims, the map, the scale of distances."""
