"""One DNS question over UDP, and whether its answer is the right one.

A filter likes to answer first, with another address or another code; what comes first counts.
"""

import asyncio
from time import perf_counter

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from network_status.probes.outcome import (
    Answered,
    Lost,
    NotSent,
    NotSentError,
    Outcome,
    of_error,
    resolve,
)
from network_status.sources.local import Target, endpoint_of

PORT = 53


async def attempt(target: Target, timeout_s: float) -> Outcome:
    """Ask once."""
    resolver = endpoint_of(target.where, PORT)
    try:
        place = await resolve(resolver.host, resolver.port, target.family, timeout_s)
        question = dns.message.make_query(target.name or "", target.type)
        begun = perf_counter()
        async with asyncio.timeout(timeout_s):
            reply = await dns.asyncquery.udp(
                question, place.address[0], port=resolver.port, ignore_trailing=True
            )
    except NotSentError as error:
        return NotSent(str(error))
    except (dns.rdatatype.UnknownRdatatype, dns.exception.SyntaxError) as error:
        return NotSent(f"{target.name} {target.type}: {error}")
    except TimeoutError as error:
        return of_error(error) if error.errno else Lost("timeout")
    except dns.exception.DNSException:
        return Lost("garbled")
    except OSError as error:
        return of_error(error)
    return _judged(target, reply, (perf_counter() - begun) * 1000)


def _judged(target: Target, reply: dns.message.Message, rtt_ms: float) -> Outcome:
    rcode = dns.rcode.to_text(reply.rcode()).lower()
    if rcode != target.rcode:
        return Lost(rcode)
    truncated = bool(reply.flags & dns.flags.TC)
    if rcode == "noerror" and not reply.answer and not truncated:
        return Lost("nodata")
    if target.answer is not None and target.answer not in _texts(reply):
        return Lost("wrong-answer")
    return Answered(rtt_ms)


def _texts(reply: dns.message.Message) -> set[str]:
    return {record.to_text() for records in reply.answer for record in records}
