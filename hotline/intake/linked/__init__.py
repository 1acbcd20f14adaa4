"""关联工单: what belongs to a ticket besides itself."""
