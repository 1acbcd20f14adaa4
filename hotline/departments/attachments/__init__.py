"""附件: files put to a ticket, told apart by what they are and never by what they are called."""
