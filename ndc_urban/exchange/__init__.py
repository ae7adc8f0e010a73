"""Labels to and from the tools of coders: what is exported, what comes back, and how it is checked."""
