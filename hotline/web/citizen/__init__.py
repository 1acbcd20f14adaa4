"""The citizen's pages (公众页面): write to us, track, survey. Plain forms; nothing here needs a script."""
