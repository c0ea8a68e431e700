"""How often somebody may do something: so many times in a while, evenly, in bounded memory."""

import threading
from collections import OrderedDict


class Allowance:
    """`number` times in `per_s` seconds for each of at most `keys` keys; safe among threads.

    The generic cell rate algorithm: of a key only the moment is kept at which all that it used
    is free again. Beyond `keys`, whoever came least recently is forgotten.
    """

    def __init__(self, number: int, per_s: float, keys: int = 20_000) -> None:
        self._step_s = per_s / number
        self._per_s = per_s
        self._keys = keys
        self._free_at: OrderedDict[str | bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str | bytes, now: float) -> float:
        """Take one and return 0; or take nothing and return after how many seconds there is one."""
        with self._lock:
            free_at = max(self._free_at.get(key, now), now) + self._step_s
            wait_s = free_at - now - self._per_s
            if wait_s > _ROUNDING_S:
                return wait_s
            self._free_at[key] = free_at
            self._free_at.move_to_end(key)
            if len(self._free_at) > self._keys:
                self._free_at.popitem(last=False)
            return 0.0

    def give_back(self, key: str | bytes) -> None:
        """Undo a `take` that came to nothing."""
        with self._lock:
            if key in self._free_at:
                self._free_at[key] -= self._step_s


_ROUNDING_S = 1e-6  # sums of steps miss the whole by less
