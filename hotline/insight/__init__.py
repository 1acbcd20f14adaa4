"""What the numbers say: the measures of docs/rules.md E.3, the tickets behind them, months as they were frozen."""
