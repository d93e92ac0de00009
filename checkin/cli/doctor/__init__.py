"""`doctor`: what an installation still lacks, in the order in which to mend it."""
