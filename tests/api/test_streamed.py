"""A file that is made while it is sent: who has the ticket gets all of it, and nobody takes a part for the whole."""

import asyncio
import threading
import weakref

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from churn_core.api.streamed import StreamedFiles, Tickets

LIST = {"Content-Disposition": 'attachment; filename="list.csv"', "Accept-Ranges": "bytes"}
PIECES = [b"rank,id\n", b"1,a\n" * 10_000, b"", b"2,b\n"]


@pytest.fixture
def tickets() -> Tickets:
    return Tickets()


def client(tickets: Tickets, body: bytes, headers: dict[str, str] = LIST) -> TestClient:
    """A browser before a server that holds ``body`` as what a button was given."""

    def held(request) -> Response:
        return Response(body, media_type="text/csv", headers=headers)

    app = Starlette(routes=[Route("/media/list.csv", held)])
    return TestClient(StreamedFiles(app, tickets), raise_server_exceptions=False)


def test_whoever_fetches_the_ticket_gets_the_file_under_its_name(tickets):
    answer = client(tickets, tickets.ticket(lambda: PIECES)).get("/media/list.csv")
    assert (answer.status_code, answer.content) == (200, b"".join(PIECES))
    assert answer.headers["content-disposition"] == LIST["Content-Disposition"]
    assert answer.headers["content-type"].startswith("text/csv") and answer.headers["cache-control"] == "no-store"
    assert not {"content-length", "accept-ranges"} & set(answer.headers), "nobody knows how long it will be"


def test_who_lost_the_connection_fetches_it_again_and_a_script_that_looks_makes_nothing(tickets):
    made = []

    def pieces():
        made.append(1)
        return PIECES

    ticket = tickets.ticket(pieces)
    browser = client(tickets, ticket)
    looked = browser.get("/media/list.csv", headers={"Sec-Fetch-Mode": "cors"})
    assert looked.status_code == 200 and not made
    for _ in range(2):
        assert browser.get("/media/list.csv", headers={"Sec-Fetch-Mode": "navigate"}).content == b"".join(PIECES)
    assert len(made) == 2


def test_after_its_time_a_ticket_is_good_no_longer_and_lets_go_what_it_held_on_to():
    class Customers:
        pass

    let_go, customers = threading.Event(), Customers()
    weakref.finalize(customers, let_go.set)
    tickets = Tickets(lasts=0.01)
    ticket = tickets.ticket(lambda held=customers: PIECES)
    del customers
    assert let_go.wait(60)
    answer = client(tickets, ticket).get("/media/list.csv")
    assert answer.status_code == 410 and "Press the button again" in answer.text
    assert "content-disposition" not in answer.headers


def test_no_two_tickets_are_alike_and_none_tells_of_its_file(tickets):
    given = {tickets.ticket(lambda: PIECES) for _ in range(10)}
    assert len(given) == 10 and len({len(each) for each in given}) == 1


def test_of_tickets_that_nobody_fetches_the_oldest_go(tickets):
    given = [tickets.ticket(lambda: PIECES) for _ in range(40)]
    good = [ticket for ticket in given if tickets.pieces(ticket)]
    assert good and good == given[-len(good) :]
    assert len(good) < len(given)


def test_a_piece_is_made_when_the_one_before_was_taken(tickets):
    """A slow browser holds one piece in memory, and not the file."""
    made, ahead = [], []

    def pieces():
        for at in range(5):
            made.append(at)
            yield b"piece"

    async def held(scope, receive, send) -> None:
        await Response(tickets.ticket(pieces), headers=LIST)(scope, receive, send)

    async def taken(message) -> None:
        if message.get("body"):
            ahead.append(len(made) - len(ahead))

    async def silent() -> None:
        await asyncio.Event().wait()

    asyncio.run(StreamedFiles(held, tickets)({"type": "http", "method": "GET", "headers": []}, silent, taken))
    assert ahead == [1] * 5


def test_a_piece_that_cannot_be_made_breaks_the_connection_off(tickets):
    def pieces():
        yield PIECES[0]
        raise OSError("The disk is full.")

    messages = []

    async def held(scope, receive, send) -> None:
        await Response(tickets.ticket(pieces), headers=LIST)(scope, receive, send)

    async def taken(message) -> None:
        messages.append(message)

    async def silent() -> None:
        await asyncio.Event().wait()

    with pytest.raises(OSError, match="The disk is full"):
        asyncio.run(StreamedFiles(held, tickets)({"type": "http", "method": "GET", "headers": []}, silent, taken))
    assert all(message.get("more_body", True) for message in messages), "an end would make it a whole file"


@pytest.mark.parametrize(
    "body, headers",
    [
        (b"rank,id\n1,a\n", LIST),
        (b"x" * 102, LIST),  # as long as a ticket
        (b"x" * 102, {}),
        (b"", LIST),
    ],
)
def test_every_other_answer_goes_through_as_it_is(tickets, body, headers):
    assert len(tickets.ticket(lambda: PIECES)) == 102
    answer, bare = (get.get("/media/list.csv") for get in (client(tickets, body, headers), client(Tickets(), body, headers)))
    assert answer.content == body and answer.headers["content-length"] == f"{len(body)}"
    assert answer.headers == bare.headers


def test_a_ticket_that_is_no_attachment_is_text(tickets):
    """What an answer says somewhere is not to be fetched by; only a button's own file is."""
    ticket = tickets.ticket(lambda: PIECES)
    assert client(tickets, ticket, {}).get("/media/list.csv").content == ticket
