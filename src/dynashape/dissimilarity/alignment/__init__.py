"""Operators as points: the search for the change of basis that brings two of them nearest, and their spectra."""
