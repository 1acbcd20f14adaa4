"""话机指令: what people ask of their telephone, carried out once whatever is sent twice."""
