"""What shapes the dynamics of a recurrent network: its input, its training, or its architecture?"""

__version__ = "0.1.0"
