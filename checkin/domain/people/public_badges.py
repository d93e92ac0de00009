"""When a badge may be given out whose owner registered by a public link, or by a coordinator."""

from __future__ import annotations

from datetime import UTC, datetime

#: seconds, unless the event says otherwise: whoever registers by a link learns nothing at once
BADGE_DELAY_S = 10 * 60
#: stands for the moment when the badge of somebody is given out who has registered by a link, for
#: as long as nobody of the delegation, and no organiser, has given it out
NOT_YET = datetime(9000, 1, 1, tzinfo=UTC)
