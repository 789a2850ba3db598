"""How many seeds an effect, or a verdict, needs: simulations with what varies in a finished study."""
