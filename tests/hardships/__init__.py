"""What damages a gate's laptop or the server, done to real processes: nothing that was shown as
accepted is lost, and nobody is counted twice."""
