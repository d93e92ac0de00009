"""The pages' JavaScript, without a browser."""
