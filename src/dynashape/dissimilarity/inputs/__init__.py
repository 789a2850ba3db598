"""Driven systems, whose input is known: recurrent operators and input operators, apart."""
