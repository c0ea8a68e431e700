"""The only input: every source is asked at once, and each within its time and size.

Nothing that a source does can break a build: what it does wrong becomes a Failure. A source's
requests stand or fall together, so that history never goes on behind a hole. What else it is
asked for stands alone, and waits for another time where this one does not suffice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import NamedTuple

from network_status.policy import Policy as Policy
from network_status.sources.contract import Answers
from network_status.wire import Failed, Failure, Fault, Request


class Questions(NamedTuple):
    """What a source is asked: `now` must all be answered, `more` as far as there is time."""

    now: Sequence[Request]
    more: Sequence[Request] = ()


def fetch(asked: Mapping[str, Questions], policy: Policy) -> dict[str, Answers | Failure]:
    """Return what each source answers, or how it failed, by its id; never raises.

    Where nothing may be asked, nothing is, be it in a file: what content says of itself must not
    get into the history of whoever looks at it.
    """
    allowed = asked if policy.asking else {}
    running = {source: _begin(questions, policy) for source, questions in allowed.items()}
    deadline = monotonic() + policy.budget_s
    for asking in running.values():
        asking.over.wait(max(0.0, deadline - monotonic()))
    return {source: asking.outcome for source, asking in running.items()}


def _begin(questions: Questions, policy: Policy) -> "_Asking":
    """Ask one source in a thread that nobody waits for at the end of the program."""
    asking = _Asking(policy)
    Thread(target=asking.work, args=(questions,), daemon=True, name="fetch").start()
    return asking


class _Asking:
    """All requests of one source, one after another over one connection, against one clock.

    Its `outcome` is what is known of it: nothing yet, why it failed, or all answers that must
    be there and as many of the others as came.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._begun = monotonic()
        self.outcome: Answers | Failure = Failure(
            Fault.SLOW, f"no whole answer within {policy.budget_s:g} s"
        )
        self.over = Event()

    def work(self, questions: Questions) -> None:
        """Ask, and note what came of it."""
        try:
            self._ask(questions)
        except Failed as error:
            self.outcome = error.failure
        except Exception as error:  # noqa: BLE001  whatever it is, the build goes on
            from network_status.web import failure_of

            self.outcome = failure_of(error)
        finally:
            self.over.set()

    def _ask(self, questions: Questions) -> None:
        with _answering(questions, self._policy, self._begun) as answer:
            answers = {request: answer(request) for request in questions.now}
            self.outcome = answers
            for request in questions.more:
                if monotonic() - self._begun > self._policy.spare_s:
                    return
                try:
                    answers = {**answers, request: answer(request)}
                except Failed as error:
                    if error.failure.fault is not Fault.HTTP_STATUS:
                        return  # an answer that says no leaves hope for the next question
                self.outcome = answers


@contextmanager
def _answering(
    questions: Questions, policy: Policy, begun: float
) -> Iterator[Callable[[Request], bytes]]:
    """Give what answers a source's requests: files as such, all else over one connection."""
    if not any(map(_is_remote, (*questions.now, *questions.more))):
        yield lambda request: _file(request, policy)
        return
    from network_status.web import Web

    with Web(policy, begun) as web:
        yield lambda request: web.answer(request) if _is_remote(request) else _file(request, policy)


def _file(request: Request, policy: Policy) -> bytes:
    root = policy.content.resolve()
    path = (root / request.address).resolve()
    shown = f"content/{request.address}"
    if not path.is_relative_to(root):
        raise Failed(Fault.MISSING_FILE, f"{shown}: lies outside content/")
    try:
        with path.open("rb") as file:
            data = file.read(policy.size_cap + 1)
    except OSError as error:
        raise Failed(Fault.MISSING_FILE, f"{shown}: {error.strerror}") from error
    if len(data) > policy.size_cap:
        raise Failed(Fault.TOO_LARGE, f"{shown}: more than {policy.size_cap:,} bytes")
    return data


def _is_remote(request: Request) -> bool:
    return request.address.startswith(("http://", "https://"))
