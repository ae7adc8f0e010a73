"""The formats in which coding sheets travel: one file each, all with `write` and `read`."""
