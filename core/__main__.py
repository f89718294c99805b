"""`python -m wugan`."""

from wugan.cli import main

if __name__ == "__main__":
    main()
