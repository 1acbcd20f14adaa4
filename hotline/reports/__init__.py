"""The papers leadership reads."""
