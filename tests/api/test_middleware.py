"""Around every request: who may change the threshold and how often, what a body may be, and an answer whatever happens."""

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from churn_core.api import middleware
from churn_core.api.metrics import Metrics
from churn_core.api.middleware import MOST_BYTES, Allowance, Answer, demand_token, guarded, is_loopback, read_json
from churn_core.errors import RequestError, StoreError
from tests.conftest import run_apart


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    perf_counter = monotonic


@pytest.fixture(scope="module", autouse=True)
def clock():
    """Time passes when a test says so. Whole multiples of 1/8 second, so that sums are exact."""
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr(middleware, "time", clock)
        yield clock


def taken(allowance: Allowance, tries: int) -> int:
    """How many of so many tries at once are granted."""
    granted = 0
    for _ in range(tries):
        try:
            allowance.take()
            granted += 1
        except RequestError as error:
            assert error.status == 429 and int(error.headers["Retry-After"]) >= 1
            assert error.headers["Retry-After"] in str(error)
    return granted


most, rates = st.integers(1, 40), st.sampled_from([0.125, 0.25, 0.5, 1.0, 2.0, 8.0])
pauses = st.integers(0, 400).map(lambda eighths: eighths / 8)


# How often


@given(most, rates)
def test_so_many_are_granted_at_once_and_no_more(most, rate):
    assert taken(Allowance(most, rate), most + 5) == most


@given(most, rates, st.lists(st.tuples(pauses, st.integers(1, 60)), max_size=12))
def test_never_more_than_at_once_plus_so_many_each_second(clock, most, rate, tries):
    allowance, start, granted = Allowance(most, rate), clock.now, 0
    for pause, count in tries:
        clock.now += pause
        granted += taken(allowance, count)
        assert granted <= most + (clock.now - start) * rate


@given(most, rates, pauses)
def test_after_a_pause_as_many_as_it_gave_back_are_granted(clock, most, rate, pause):
    allowance = Allowance(most, rate)
    taken(allowance, most)
    clock.now += pause
    assert taken(allowance, most + 5) == min(most, int(pause * rate))


@given(most, rates, pauses)
def test_who_waits_as_long_as_told_is_granted_one(clock, most, rate, pause):
    allowance = Allowance(most, rate)
    taken(allowance, most)
    clock.now += pause
    with pytest.raises(RequestError) as caught:
        for _ in range(most + 1):
            allowance.take()
    clock.now += int(caught.value.headers["Retry-After"])
    allowance.take()


@given(most, rates, st.integers(1, 50))
def test_being_refused_costs_nothing(clock, most, rate, refused):
    allowance = Allowance(most, rate)
    taken(allowance, most + refused)
    clock.now += 1 / rate
    assert taken(allowance, 3) == 1


def test_two_services_have_an_allowance_each():
    one, other = Allowance(2, 1.0), Allowance(2, 1.0)
    assert (taken(one, 5), taken(other, 5)) == (2, 2)


# From where


@given(st.ip_addresses(v=4))
def test_of_version_4_the_network_127_is_this_machine_also_written_as_version_6(address):
    expected = address in ipaddress.ip_network("127.0.0.0/8")
    assert is_loopback(str(address)) == is_loopback(f"::ffff:{address}") == expected


@given(st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_the_whole_network_127_is_this_machine(address):
    assert is_loopback(str(address)) and is_loopback(f"::ffff:{address}")


@given(st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None))
def test_of_version_6_only_1_is_this_machine(address):
    assert is_loopback(str(address)) == (int(address) == 1)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_none_and_never_an_error(text):
    assert is_loopback(text) in (True, False)


@pytest.mark.parametrize(
    "address", ["", "localhost", "testclient", "2130706433", "0x7f.1", "127.1", "127.0.0.1:80", " 127.0.0.1", "0.0.0.0", "::"]
)
def test_what_only_looks_like_this_machine_is_not(address):
    assert not is_loopback(address)


# Who


def request(headers: dict[str, str] | None = None, client: str | None = "10.0.0.9", parts: tuple = (b"",)) -> Request:
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1]["more_body"] = False
    pending = iter(messages)

    async def receive():
        return next(pending, {"type": "http.disconnect"})

    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": "POST", "path": "/x", "headers": raw, "client": None if client is None else (client, 5)}
    return Request(scope, receive)


def refused(status: int, call) -> RequestError:
    with pytest.raises(RequestError) as caught:
        call()
    assert caught.value.status == status
    return caught.value


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_without_a_token_this_machine_may(monkeypatch, client):
    monkeypatch.delenv("CHURN_API_TOKEN", raising=False)
    demand_token(request(client=client))


@pytest.mark.parametrize("client", ["10.0.0.9", "", None, "testclient"])
@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-For": "127.0.0.1"}, {"Host": "localhost"}, {"Authorization": "Bearer "}])
def test_without_a_token_nobody_else_may_whatever_they_say(monkeypatch, client, headers):
    monkeypatch.setenv("CHURN_API_TOKEN", "")
    error = refused(401, lambda: demand_token(request(headers, client)))
    assert "CHURN_API_TOKEN" in str(error) and error.headers == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize("client", ["127.0.0.1", "10.0.0.9", None])
@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_with_a_token_whoever_has_it_may(monkeypatch, client, kind):
    monkeypatch.setenv("CHURN_API_TOKEN", "s3cret")
    demand_token(request({"Authorization": f"{kind} s3cret"}, client))


WRONG = [
    "",
    "s3cret",
    "Bearer",
    "Bearer ",
    "Bearer s3cre",
    "Bearer s3crett",
    "Bearer S3CRET",
    "Basic s3cret",
    "Bearer s3cret x",
    "Bearer é",
]


@pytest.mark.parametrize("authorization", WRONG)
def test_with_a_token_nobody_else_may_not_even_this_machine_and_it_is_not_told(monkeypatch, authorization):
    monkeypatch.setenv("CHURN_API_TOKEN", "s3cret")
    error = refused(401, lambda: demand_token(request({"Authorization": authorization}, "127.0.0.1")))
    assert "s3cret" not in str(error)


# A body


def read(body: bytes = b"{}", headers: dict[str, str] | None = None, parts: tuple | None = None):
    return run_apart(read_json(request({"Content-Type": "application/json", **(headers or {})}, parts=parts or (body,))))


@given(st.dictionaries(st.text(), st.integers()), st.data())
def test_a_body_is_the_same_in_whatever_parts_it_comes(value, data):
    body = json.dumps(value).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=4)))
    parts = tuple(body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True))
    assert read(parts=parts) == value


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"']
)
def test_json_in_utf_8_is_taken_in_any_spelling(kind):
    assert read(b'{"a": 1}', {"Content-Type": kind}) == {"a": 1}


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json; charset=utf-16"]
)
def test_another_kind_of_body_is_refused(kind):
    refused(400, lambda: read(b"{}", {"Content-Type": kind}))


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, identity"])
def test_a_packed_body_is_refused(encoding):
    refused(400, lambda: read(b"{}", {"Content-Encoding": encoding}))


def test_a_body_of_the_greatest_size_is_read_and_one_byte_more_is_not():
    def of(size: int) -> bytes:
        return b'"' + b"x" * (size - 2) + b'"'

    assert len(read(of(MOST_BYTES))) == MOST_BYTES - 2
    refused(413, lambda: read(of(MOST_BYTES + 1)))


def test_a_body_that_is_said_to_be_too_large_is_refused_before_it_is_read():
    refused(413, lambda: read(b"not even json", {"Content-Length": str(MOST_BYTES + 1)}))
    refused(413, lambda: read(b"not even json", {"Content-Length": "9" * 5000}))


@pytest.mark.parametrize("length", ["1", "-5", "x", "²", ""])
def test_a_length_that_is_a_lie_changes_nothing(length):
    assert read(b'{"a": 1}', {"Content-Length": length}) == {"a": 1}


def test_a_body_without_end_is_refused_when_it_is_too_large():
    refused(413, lambda: read(parts=(b"x" * 2**20,) * 7))


# Whatever happens


def answered(handler, metrics: Metrics | None = None):
    return run_apart(guarded(handler, "/x", metrics or Metrics())(request()))


@pytest.mark.parametrize(
    "failure, status",
    [
        (RequestError("No.", 413, {"Connection": "close"}), 413),
        (StoreError("No."), 503),
        (KeyError("7590-VHVEG at /secret/path"), 500),
        (RecursionError(), 500),
        (MemoryError(), 500),
    ],
    ids=repr,
)
def test_whatever_fails_is_an_answer_in_json_that_tells_nothing_of_the_inside(failure, status):
    async def handler(request):
        raise failure

    metrics = Metrics()
    answer = answered(handler, metrics)
    assert answer.status_code == status and list(json.loads(answer.body)) == ["error"]
    assert b"7590" not in answer.body and b"secret" not in answer.body and b"Traceback" not in answer.body
    assert metrics.registry.get_sample_value("churn_requests_total", {"path": "/x", "status": str(status)}) == 1
    assert {"x-content-type-options", "x-frame-options", "cache-control", "x-request-id"} <= set(answer.headers)


def test_each_answer_has_an_id_of_its_own():
    async def handler(request):
        return Answer({})

    assert len({answered(handler).headers["x-request-id"] for _ in range(50)}) == 50


@given(st.dictionaries(st.text(st.characters(), max_size=5), st.text(st.characters(), max_size=5)))
def test_an_answer_gives_back_any_text_half_characters_too(content):
    assert json.loads(Answer(content).body) == content
