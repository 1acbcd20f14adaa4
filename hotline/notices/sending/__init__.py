"""发送: what leaves the house, gathered into messages, each sent once, kept and shown when it cannot be."""
