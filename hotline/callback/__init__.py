"""The citizen's verdict."""
