"""``python -m mapping``, the same as the command ``mapping``."""

from mapping.cli import app

if __name__ == "__main__":
    app(prog_name="mapping")
