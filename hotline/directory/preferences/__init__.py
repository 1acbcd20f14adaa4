"""How a person has arranged their desk (个人设置)."""
