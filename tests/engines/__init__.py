"""Firefox and WebKit, whose users must not be the first to try the pages in them."""
