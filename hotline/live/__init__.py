"""What happens, as it happens: numbered events for everybody who may see them, and who is at which ticket."""
