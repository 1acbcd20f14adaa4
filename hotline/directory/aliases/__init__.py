"""单位别名: names as files give them; the system proposes which unit is meant, a person confirms or rejects, and that stays."""
