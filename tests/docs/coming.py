"""What the pages tell already and the program gets with the parts that are still to be merged."""

SETTINGS_TO_COME = {"CHECKIN_TRUSTED_PROXIES", "CHECKIN_LIMITS_URL", "CHECKIN_METRICS_TOKEN"}
OPTIONS_TO_COME = {"--fingerprint", "--version"}
COMMANDS_TO_COME = {r"marhaba --version"}
