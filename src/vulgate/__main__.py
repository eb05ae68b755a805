"""`python -m vulgate`."""

from vulgate.cli import run

if __name__ == "__main__":
    run()
