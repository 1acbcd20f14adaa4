"""What a dispatch, a return or a ruling teaches: kept beside what had been shown."""
