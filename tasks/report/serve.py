"""``columninch serve``: the report over live data as a Starlette application, with any actor, topic or named query.

It only reads.  Values from addresses are bound to named queries, never put into SQL; there is no way to ask SQL of one's own.
Pages may load the style and the script of this server and nothing else; requests for other host names are refused, so that a
page of the web cannot reach the server through a name of its own (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import quote, urlencode

import anyio.to_thread
import duckdb
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tasks.analyse.export import export_rows
from tasks.analyse.lake import LakeReader
from tasks.analyse.queries import find_query, list_queries
from tasks.errors import ConfigError
from tasks.report import asked, desk, page, pages, words
from tasks.report.desk import Desk, Given
from tasks.status import lake_status
from tasks.store import open_lake

AT_ONCE = 4
"""Pages worked on at the same time; the others wait."""
LOCAL = frozenset(("127.0.0.1", "localhost", "[::1]"))
"""Names of this machine under which it may be asked."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)
MEDIA: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
}
"""What a query's rows can be downloaded as."""
IN_MEMORY, CHUNK = 16_000_000, 1 << 20
"""Bytes of a download before it goes through a file, and at a time."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Handler = Callable[[Desk, str, Request], Response]


def make_app(lake: Desk, title: str, hosts: Iterable[str] | None = LOCAL) -> Guard:
    """The application over the lake behind *lake*; *hosts* are the names it answers to, null for any."""
    handlers: Mapping[str, Handler] = {
        "/": show_overview,
        "/actor/{subject:path}": partial(show_subject, "actor"),
        "/topic/{subject:path}": partial(show_subject, "topic"),
        "/find": show_found,
        "/queries": show_queries,
        "/query/{name}.{form}": send_rows,
        "/query/{name}": show_query,
        "/live.css": partial(send_file, "page.css", "text/css; charset=utf-8"),
        "/live.js": partial(send_file, "page.js", "text/javascript; charset=utf-8"),
    }
    routes = [Route(path, partial(answer, handler, lake, title)) for path, handler in handlers.items()]
    app = Starlette(
        routes=routes,
        lifespan=limit_threads,
        exception_handlers={HTTPException: partial(_say_http, lake, title)},
    )
    return Guard(app, None if hosts is None else frozenset(hosts))


@asynccontextmanager
async def limit_threads(app: Starlette) -> AsyncIterator[None]:
    """Let :data:`AT_ONCE` pages be worked on at the same time."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
    yield


class Guard:
    """Refuses requests for other hosts and puts :data:`HEADERS` on every answer."""

    def __init__(self, app: Starlette, hosts: frozenset[str] | None) -> None:
        """Stand before *app*; null hosts: any name will do."""
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            """Send on, with the headers that every answer has."""
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        named = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if self.hosts is not None and host_of(named) not in self.hosts:
            refusal = Response(
                f"this server does not answer to the name {host_of(named)!r}\n", 421, media_type="text/plain"
            )
            await refusal(scope, receive, send_guarded)
            return
        await self.app(scope, receive, send_guarded)


def host_of(named: str) -> str:
    """The host of a Host header, without its port."""
    return (
        named[: named.index("]") + 1]
        if named.startswith("[") and "]" in named
        else named.partition(":")[0].lower()
    )


def answer(handler: Handler, lake: Desk, title: str, request: Request) -> Response:
    """The handler's answer; what does not fit becomes a page that says what would."""
    try:
        return handler(lake, title, request)
    except ConfigError as error:
        return _say(lake, title, request, 400, "That cannot be asked", str(error))
    except duckdb.Error as error:
        return _say(lake, title, request, 500, "The question failed", str(error))


async def _say_http(lake: Desk, title: str, request: Request, error: Exception) -> Response:
    """A page for an address that is not there, or a method that is not allowed."""
    found = cast(HTTPException, error)
    return await anyio.to_thread.run_sync(
        _say,
        lake,
        title,
        request,
        found.status_code,
        "There is no such page" if found.status_code == 404 else found.detail,
        "",
    )


def _say(lake: Desk, title: str, request: Request, status: int, heading: str, text: str) -> Response:
    return HTMLResponse(_render(lake, title, request, (), "message.html", heading=heading, text=text), status)


def _render(lake: Desk, title: str, request: Request, given: Given, template: str, **values: Any) -> str:
    """A live page: what all of them show, and *values*."""
    built = lake.built_at
    return page.render(
        template,
        title=title,
        link=live_links(given),
        given=dict(given),
        choices=lake.ask_choices(),
        suffix=suffix_of(given),
        here=request.url.path,
        built=f"{words.day_text(built.date())}, {built:%H:%M} UTC" if built else "",
        **{"words": "", **values},
    )


def suffix_of(given: Given) -> str:
    """The filter as the end of an address."""
    return "?" + urlencode(text_pairs(given)) if given else ""


def text_pairs(given: Given) -> list[tuple[str, str]]:
    """The filter as an address has it."""
    return [(name, ",".join(value) if isinstance(value, tuple) else str(value)) for name, value in given]


def live_links(given: Given) -> page.Links:
    """Addresses of the pages of any actor and topic, under the same filter."""

    def address(kind: str) -> Callable[[str], str]:
        """What leads to a subject's page under the reader's filter."""
        return lambda subject_id: f"/{kind}/{quote(subject_id, safe='')}{suffix_of(given)}"

    def reports(storyline_id: str) -> str:
        """The list of a storyline's reports under the reader's filter."""
        return "/query/storyline?" + urlencode([("storyline", storyline_id), *text_pairs(given)])

    return {"actor": address("actor"), "topic": address("topic"), "storyline": reports}


def show_overview(lake: Desk, title: str, request: Request) -> Response:
    """The first page: the report without its pages, under the reader's filter."""
    given = desk.fit_filter(request.query_params)
    facts = lake.remember(desk.ask_overview, given)
    status = page.ledger_view(lake_status(open_lake(lake.root)))
    report = page.view(facts) if facts else None
    if report:
        report.update(actors=[], topics=[], contents=page.CONTENTS)
    return HTMLResponse(_render(lake, title, request, given, "overview.html", report=report, ledger=status))


def show_subject(kind: str, lake: Desk, title: str, request: Request) -> Response:
    """The page of an actor or topic; a name or alias leads to the page of its id."""
    given = desk.fit_filter(request.query_params)
    wanted = request.path_params["subject"]
    find = desk.ask_actor_page if kind == "actor" else desk.ask_topic_page
    found = lake.remember(find, given, wanted)
    if found is None:
        return HTMLResponse(
            _render(
                lake, title, request, given, "message.html", heading="No article under this filter", text=""
            )
        )
    span, subject = found
    if subject.subject_id != wanted:
        return RedirectResponse(live_links(given)[kind](subject.subject_id))
    shown = pages.subject_view(subject, span)
    about = asked.questions(kind, subject.subject_id, given)
    values = {"page": shown, "bucket": span.bucket, "questions": about}
    return HTMLResponse(_render(lake, title, request, given, "subject.html", **values))


def show_found(lake: Desk, title: str, request: Request) -> Response:
    """Actors, topics and articles that fit the words."""
    given, wanted = desk.fit_filter(request.query_params), request.query_params.get("words", "").strip()[:200]
    found = (
        lake.remember(desk.ask_found, given, wanted)
        if wanted
        else {"actors": [], "topics": [], "articles": []}
    )
    values = {"found": found, "articles": pages.sample_rows(found["articles"]), "words": wanted}
    return HTMLResponse(_render(lake, title, request, given, "found.html", **values))


def show_queries(lake: Desk, title: str, request: Request) -> Response:
    """All named queries."""
    return HTMLResponse(_render(lake, title, request, (), "queries.html", queries=list_queries()))


def show_query(lake: Desk, title: str, request: Request) -> Response:
    """One named query: its parameters, and its rows once it can be asked."""
    query = _existing(request)
    parameters = {name: value for name, value in request.query_params.items() if value.strip()}
    is_asked = bool(parameters) or not any(p.is_required for p in query.parameters)
    answered, problem = None, ""
    if is_asked:
        try:
            answered = lake.ask(asked.answer_table, query, parameters)
        except (ConfigError, duckdb.Error) as error:
            problem = str(error)
    values = {
        "query": query,
        "parameters": parameters,
        "answered": answered,
        "problem": problem,
        "forms": list(MEDIA),
        "rows_suffix": "?" + urlencode(parameters) if parameters else "",
        "calls": asked.calls(query, parameters) if answered else (),
    }
    return HTMLResponse(_render(lake, title, request, (), "query.html", **values), 400 if problem else 200)


def send_rows(lake: Desk, title: str, request: Request) -> Response:
    """All rows of a named query as a file."""
    query, form = _existing(request), request.path_params["form"]
    if form not in MEDIA:
        raise HTTPException(404)
    parameters = {name: value for name, value in request.query_params.items() if value.strip()}
    out = lake.ask(write_rows, query.name, parameters, form)
    headers = {"content-disposition": f'attachment; filename="{query.name}.{form}"'}
    return StreamingResponse(_chunks(out), headers=headers, media_type=MEDIA[form])


def write_rows(reader: LakeReader, name: str, parameters: Mapping[str, str], form: str) -> BinaryIO:
    """The rows in an open temporary file, at its beginning."""
    out = cast(BinaryIO, SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - closed when its last bytes are sent
    with ExitStack() as undo:
        undo.callback(out.close)
        export_rows(reader.query(name, **parameters), form, out)
        undo.pop_all()
    out.seek(0)
    return out


def _chunks(out: BinaryIO) -> Iterator[bytes]:
    """The file's bytes; closes it at the end."""
    with out:
        while chunk := out.read(CHUNK):
            yield chunk


def _existing(request: Request) -> Any:
    """The query that the address names; a page that is not there for any other."""
    try:
        return find_query(request.path_params["name"])
    except ConfigError:
        raise HTTPException(404) from None


def send_file(name: str, media: str, lake: Desk, title: str, request: Request) -> Response:
    """The style or the script of the pages."""
    return Response(str(page.read(name)), media_type=media)
