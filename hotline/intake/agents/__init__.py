"""坐席: what an agent sends when the call is over, in one message that may be sent twice."""
