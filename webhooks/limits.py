"""How many requests a client may make a minute, counted with Flask-Limiter's own library."""

import time

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from webhooks.errors import TooManyRequests


class RateLimit:
    """A moving window per client, in memory or in the store that all hosts share (Redis)."""

    def __init__(self, rate: str, storage: str = "memory://") -> None:
        self._item: RateLimitItem = parse(rate)
        self._limiter = MovingWindowRateLimiter(storage_from_string(storage))

    def count(self, client_id: str) -> None:
        """Raises `TooManyRequests` when the client has used up its window."""
        if self._limiter.hit(self._item, client_id):
            return
        reset = self._limiter.get_window_stats(self._item, client_id).reset_time
        raise TooManyRequests(seconds=max(1, int(reset - time.time()) + 1))
