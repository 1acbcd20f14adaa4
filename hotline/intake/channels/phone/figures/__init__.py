"""话务指标: what docs/rules.md E.3 counts on the call side, and whether the PBX counts the same."""
