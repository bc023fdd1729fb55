"""`python -m ui.cli` runs `dateline`."""

from ui.cli.main import main

if __name__ == "__main__":
    main()
