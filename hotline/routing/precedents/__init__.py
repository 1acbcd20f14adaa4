"""裁定先例: kept with its number, applied to the like of it, watched, suspended when it does not prove right."""
