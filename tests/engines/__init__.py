"""The pages in Firefox and WebKit."""
