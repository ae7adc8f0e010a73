"""Makes models from labels and measures them."""
