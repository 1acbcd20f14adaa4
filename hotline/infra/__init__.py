"""What every room stands on: settings, database, bus, words, crypto, errors, log."""
