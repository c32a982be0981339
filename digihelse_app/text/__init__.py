"""All text people read, in TOML catalogues, one a language, and the look-up."""
