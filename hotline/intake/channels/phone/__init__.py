"""电话: a call from its first ring to its end, whatever telephone system (PBX) carries it.

Adapters (`ami/`, the signed webhook) turn what their PBX says into events; events are stored first, under a key that
makes a second delivery harmless, and then folded into one row a call (decision 0080)."""
