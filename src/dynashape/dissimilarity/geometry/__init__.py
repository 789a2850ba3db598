"""Shapes of activity, blind to time: Procrustes and centred kernel alignment."""
