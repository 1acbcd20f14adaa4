"""The callback desk (回访台): one card, one number to dial, the next card already there."""
