"""Which files there are and which NDC each is a copy of."""
