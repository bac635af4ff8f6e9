"""The files of the dashboard go out compressed to whoever takes it, and as they are to everybody else."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from churn_core.api.assets import CompressedAssets

SCRIPT = "const answer = 42\n" * 5_000
PICTURE = bytes(range(256)) * 40


def script(request) -> Response:
    return Response(SCRIPT, media_type="text/javascript", headers={"ETag": '"a1"'})


def picture(request) -> Response:
    return Response(PICTURE, media_type="font/woff2")


def short(request) -> Response:
    return PlainTextResponse("short")


@pytest.fixture
def client() -> TestClient:
    routes = [
        Route("/static/a.js", script),
        Route("/static/a.woff2", picture),
        Route("/static/a.txt", short),
        Route("/a.js", script),
    ]
    return TestClient(CompressedAssets(Starlette(routes=routes)))


def sent(client: TestClient, path: str, **headers: str) -> Response:
    """The answer with its bytes as they are sent."""
    with client.stream("GET", path, headers=headers) as answer:
        answer.sent = b"".join(answer.iter_raw())
    return answer


def test_a_script_is_sent_in_far_fewer_bytes_that_are_the_same_script(client):
    for _ in range(2):  # compressed, and then as it was kept
        answer = sent(client, "/static/a.js")
        assert answer.headers["content-encoding"] == "gzip" and answer.headers["vary"] == "Accept-Encoding"
        assert int(answer.headers["content-length"]) == len(answer.sent) < len(SCRIPT) / 50
        assert gzip.decompress(answer.sent).decode() == SCRIPT


def test_the_same_script_in_other_bytes_has_a_weak_tag(client):
    assert sent(client, "/static/a.js").headers["etag"] == 'W/"a1"'


@pytest.mark.parametrize(
    "path, headers",
    [
        ("/static/a.js", {"Accept-Encoding": "identity"}),
        ("/static/a.js", {"Range": "bytes=0-9"}),
        ("/static/a.woff2", {}),
        ("/static/a.txt", {}),
        ("/a.js", {}),
    ],
    ids=["who takes none", "a part", "what is compressed already", "what is short", "what is no file of the dashboard"],
)
def test_all_else_is_sent_as_it_is(client, path, headers):
    answer = sent(client, path, **headers)
    assert "content-encoding" not in answer.headers and len(answer.sent) == int(answer.headers["content-length"])


def test_what_is_not_there_is_still_not_there(client):
    assert sent(client, "/static/none.js").status_code == 404
