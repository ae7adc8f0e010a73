"""Text recognition with Tesseract."""
