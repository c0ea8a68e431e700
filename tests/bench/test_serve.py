"""What wrk prints is read whole, errors included."""

from bench.serve import Load, load_in

SAID = """\
Running 10s test @ http://127.0.0.1:8000/
  2 threads and 64 connections
  Latency Distribution
     50%  812.00us
     75%    1.10ms
     90%    1.52ms
     99%    1.20s
  400000 requests in 10.00s, 2.51GB read
  Socket errors: connect 1, read 2, write 0, timeout 3
  Non-2xx or 3xx responses: 4
Requests/sec:  39987.50
Transfer/sec:    257.10MB
"""


def test_errors_of_every_kind_count():
    assert load_in(SAID) == Load(39987.5, 0.812, 1200, 10)


def test_a_quiet_run_has_none():
    lines = SAID.splitlines()
    said = "\n".join(line for line in lines if "errors" not in line and "Non-2xx" not in line)
    assert load_in(said).errors == 0
