"""本人的话机: which extension is whose, and whether their browser may be a telephone."""
