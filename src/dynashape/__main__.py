"""`python -m dynashape`, the same as the `dynashape` command."""

from dynashape.cli import main

if __name__ == "__main__":
    main()
