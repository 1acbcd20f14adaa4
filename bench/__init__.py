"""The measurements the README quotes, each one command that anyone can run."""
