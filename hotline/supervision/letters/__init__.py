"""督办函, 预警函, 提示函: written once, received, answered, reviewed."""
