"""Why a server could not be reached."""
