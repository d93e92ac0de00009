"""Rate limits against guessing and flooding: the rules, and where attempts are counted."""
