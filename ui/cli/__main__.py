"""`python -m ui.cli` is `dateline`."""

from ui.cli.main import main

if __name__ == "__main__":
    main()
