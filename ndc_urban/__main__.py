"""Makes `python -m ndc_urban` the same as `ndc-urban`."""

from ndc_urban.cli import main

if __name__ == "__main__":
    main()
