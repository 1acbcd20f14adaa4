"""Exports over HTTP: asked for, watched, cancelled, fetched."""
