"""Dynamical Similarity Analysis of a list of systems: distances, floors, stability, and how far to trust each fit."""
