"""What stands beside the daily work: left out of the rates, rated low, shelved."""
