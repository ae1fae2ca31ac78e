"""`python -m classically_punk`: what `punk` does, where its script is not on the path."""

from classically_punk.cli.app import main

if __name__ == "__main__":
    main()
