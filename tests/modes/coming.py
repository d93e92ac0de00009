"""What the story asks of the program once the parts that are still to be merged are there."""

#: each mail leads to the badge's page; so far only an organiser passes its address on
MAILS_LEAD_TO_THE_PAGE = False
#: `run --host 0.0.0.0` finds the machine's address on the network by itself
ADDRESS_IS_FOUND = False
