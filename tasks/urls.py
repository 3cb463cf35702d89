"""One address per article: what does not select the article (tracking, AMP, archives, www) is taken off its URL.

Two URLs that differ only in such parts get the same canonical form; parameters that may select the article stay.  The
form is an identity, not an address to fetch.
"""

from __future__ import annotations

import re
from contextlib import suppress
from operator import itemgetter
from urllib.parse import parse_qs, quote, unquote, urlsplit

_TRACKING_PREFIXES = (
    "utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "vero_", "oly_", "at_", "trk_", "ns_", "_hs", "__hs", "ga_", "fb_", "mkt_", "aff_", "guce_", "itm_",
    "amp_", "sfmc_", "sms_", "__xts__", "_branch_", "soc_", "awt_", "wt_", "wt.", "share_", "int_", "action_", "ns_mchannel", "at_custom", "__cft__", "__amp_", "_x_tr_",
    "sc_", "dm_i", "_bta_", "pd_rd_", "pf_rd_", "acs_", "mc_", "ml_", "bsft_", "rtb_", "tblci", "usqp", "x_tr_",
)  # fmt: skip
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "li_fat_id", "yclid", "ysclid", "_openstat",
        "mkt_tok", "igshid", "igsh", "epik", "srsltid", "sfnsn", "mibextid", "paipv", "__twitter_impression", "__tn__", "eid_fb", "_ga", "_gl",
        "hsctatracking", "rb_clickid", "s_cid", "ito", "xtor", "ocid", "cmp", "cmpid", "icid", "ncid", "sr_share", "smid", "smtyp", "sref", "ftag",
        "ftcamp", "wt_mc", "wtmc", "taid", "cvid", "guccounter", "guce_referrer", "spm", "scm", "sharetoken", "fromsource", "from_source",
        "isappinstalled", "nsukey", "wechat_redirect", "traffic_source", "traffic-source", "recommended_by", "recommended_code", "outputtype", "amp",
        "isamp", "is_amp", "__amp", "aoh", "referrer", "emc", "emci", "emdi", "ceid", "shem", "feedtype", "feedname", "reflink", "ref_src", "ref_url",
        "refsrc", "ref_cta", "fref", "hc_ref", "hootpostid", "sharedby", "shareadid", "campaign",
        "campaignid", "campaigncode", "cmpgncode", "intcmp", "int_cmp", "trkinfo", "trk", "trkcampaign", "sessionid", "phpsessid",
        "jsessionid", "cfid", "cftoken", "print", "printable", "printer", "printerfriendly", "nocache", "cachebuster", "_ts", "otc", "wprov",
        "smclient", "ceneo_spo", "gs_l", "mbid", "esrc", "awesm", "postshare", "tag_cid", "ch_share", "irclickid", "irgwc",
        "zanpid", "bxid", "esource", "cndid", "hasha", "hashb", "hashc", "nlid", "nl_id",
        "regi_id", "campaign_name", "leadsource", "piano_id", "pico_new_session", "dicbo", "partner_feed", "noredirect", "mobile_app",
        "oref", "rsslink", "cx_testid", "cx_testvariant", "cx_artpos", "dlbk", "linkcode", "utm", "utmsource", "utmmedium",
        "utmcampaign", "utmcontent", "utmterm", "mtm", "syclid", "fb_ref", "unlocked_article_code", "unlocked_code", "replytocom", "nr_email_referer", "google_editors_picks",
        "hss_channel", "ck_subscriber_id", "vgo_ee", "tpcc", "wtrid", "oborigurl", "taboola_campaign", "tbref", "outbrainclickid", "obclickid",
        "sharetype", "sharesource", "shareid", "giftcopy", "gift", "cxense", "kuid", "embedded_webview", "mailid", "nlsource",
    }
)  # fmt: skip
"""Parameters whose only use is to know where a reader came from or how to show the page."""
_PERHAPS = frozenset(
    {
        "via", "campaign_id", "user_id", "feed_id", "rss_id", "newsletter_id", "segment_id", "instance_id", "mailing_id", "share", "shared", "session_id",
        "click_id", "clickid", "si", "st", "sh", "fr", "feature", "newsletter", "refresh", "reload", "rand", "random", "mobile", "desktop", "device", "app", "webview",
        "partner", "referer", "channel", "trackingid", "tid", "fromapp", "isfromapp", "os", "comments", "highlight", "pos", "position",
    }
)  # fmt: skip
"""Parameters that do not select the article where the path names it: they select it elsewhere (/profile?user_id=3)."""
_DOUBTFUL = {
    "source": re.compile(r"(?:rss|feed|twitter|facebook|fb|email|e-mail|newsletter|app|google|googlenews|news|social|homepage|home|web|mobile|push|whatsapp|telegram|linkedin|reddit|tw|ig|instagram|share|sharebar|copylink|amp|flipboard|smartnews|msn|yahoo|apple|applenews|direct|cards?|page|search|top_?stories|related|trending|internal|partner|syndication)(?:[-_.].*)?$", re.IGNORECASE),
    "ref": re.compile(r"(?:rss|feed|twitter|facebook|fb|email|newsletter|nl(?:[-_]\w+)?|app|google|home|homepage|hp|nav|menu|social|tw|whatsapp|share|related|top|sidebar|footer|header|body|article|story|amp|web|mobile|push|patrick\.net|producthunt|hackernews|hn|reddit|linkedin|t\.co|.*\.(?:com|org|net|co|io)(?:/.*)?)$", re.IGNORECASE),
    "from": re.compile(r"(?:rss|feed|twitter|facebook|fb|email|newsletter|app|google|home|homepage|singlemessage|groupmessage|timeline|mobile|amp|share|wechat|weibo|qq|search|push|top|related)$", re.IGNORECASE),
    "src": re.compile(r"(?:rss|feed|twitter|facebook|fb|email|newsletter|app|google|home|homepage|social|share|me|longread|hp|push|amp|mobile|tw)$", re.IGNORECASE),
    "medium": re.compile(r"(?:rss|feed|twitter|facebook|social|email|newsletter|referral|cpc|organic|app|push)$", re.IGNORECASE),
    "output": re.compile(r"(?:amp|amphtml|print|rss|html)$", re.IGNORECASE),
    "mode": re.compile(r"(?:amp|print)$", re.IGNORECASE),
    "view": re.compile(r"(?:amp|print|mobile|desktop|full|standard)$", re.IGNORECASE),
    "format": re.compile(r"(?:amp|print|html|desktop|mobile)$", re.IGNORECASE),
    "type": re.compile(r"(?:amp|print|mobile)$", re.IGNORECASE),
    "page": re.compile(r"(?:1|all)$", re.IGNORECASE),
    "p": re.compile(r"(?:all)$", re.IGNORECASE),
    "s": re.compile(r"(?:0[1-9]|[12]\d|3\d|tw|fb|09)$", re.IGNORECASE),
    "m": re.compile(r"(?:1|0|true|mobile)$", re.IGNORECASE),
    "cid": re.compile(r"(?:rss|feed|twitter|facebook|fb|email|newsletter|social|share|sm|soc|app|google|tw)(?:[-_.:|].*)?$", re.IGNORECASE),
    "mod": re.compile(r"(?:rss|hp|home|article|e2|djem|search|trending|mw|newsviewer|nwsrl|md|wsj|todays|business|politics|world|tech|opinion|markets)(?:[-_].*|\d.*)$|rss$", re.IGNORECASE),
    "rss": re.compile(r"(?:1|true|yes|on)$", re.IGNORECASE),
    "rel": re.compile(r"(?:rss|plus|nofollow|mas|related)$", re.IGNORECASE),
    "seite": re.compile(r"(?:1|all)$", re.IGNORECASE),
    "single": re.compile(r"(?:true|1)$", re.IGNORECASE),
    "singlepage": re.compile(r"(?:true|1)$", re.IGNORECASE),
    "showall": re.compile(r"(?:true|1)$", re.IGNORECASE),
}  # fmt: skip
"""Parameters that track with some values and select the article with others."""
_NAMES_ARTICLE = re.compile(r"[^/]+[-_][^/]+[-_][^/]+|\d{5}|/\d{4}/\d{1,2}/")
"""A path that names an article: a title of three words and more, a number of five digits and more, or a date."""
_PORTS = {"http": "80", "https": "443"}
_HOST_PREFIX = re.compile(r"^(?:www\d{0,2}|m|mobile|mobil|amp|amp-\w+|wap|touch|edition)\.(?=[^.]+\.[^.]+)")
_WAYBACK = re.compile(r"^/(?:web|wayback|all|coverage)?/?(\d{4,14})(?:[a-z]{2}_)?/+(.+)$", re.DOTALL)
_ARCHIVES = re.compile(
    r"(?:^|\.)(?:web\.archive\.org|wayback\.archive-it\.org|archive-it\.org|webarchive\.org\.uk|webarchive\.nationalarchives\.gov\.uk|arquivo\.pt|web\.archive\.bibalex\.org|archive\.(?:ph|today|is|li|md|vn|fo)|wayback\.vefsafn\.is|perma\.cc)$"
)
_AMP_CACHE = re.compile(r"(?:^|\.)(?:cdn\.ampproject\.org|bing-amp\.com|ampproject\.net)$")
_AMP_PATH = re.compile(r"^/(?:v|c|r|i|wp|a)/(s/)?(.+)$", re.DOTALL)
_INNER_URL = re.compile(r"https?:/{1,2}.+", re.IGNORECASE | re.DOTALL)
_AMP_SUFFIX = re.compile(
    r"(?:/amp(?:html)?(?:/0|/1)?|/amp\.html?|(?<=[a-z0-9\-])\.amp(?=(?:\.html?)?$)|(?<=\d)\.amp)/?$",
    re.IGNORECASE,
)
_AMP_HTML = re.compile(r"(?:[._-]amp)(\.(?:html?|php|shtml|aspx|jhtml))$", re.IGNORECASE)
_AMP_PREFIX = re.compile(r"^/(?:amp|amphtml|s/amp|amps?tories)(?=/[^/])", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp|shtml)$", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_SAFE = "/:@!$&'()*+,;=~"
_QUERY_SAFE = "/:@!$'()*,;~?"
_GOOGLE = re.compile(r"google\.[a-z.]{2,6}")
_COPIES = frozenset({"translate.google.com", "webcache.googleusercontent.com"})
_LEAVING = frozenset({"l.facebook.com", "lm.facebook.com", "l.instagram.com", "l.threads.net"})
"""Hosts that lead readers out of a network: the address is in ``u``."""
_TRANSLATED = ".translate.goog"
_DEPTH = 4
_LAYERS = 16
"""AMP parts and index files, one behind the other, that are taken off a path: /amp/index.html/."""


def canonical_url(url: str) -> str:
    """The canonical form of *url*: https, host in lower case without www, path, and the parameters that select the article.

    Anything that is not an http(s) URL comes back stripped of white space and otherwise as it was.
    """
    text = "".join(url.split())
    for _ in range(_DEPTH):
        inner = _unwrap(text)
        if inner == text:
            break
        text = inner
    parts = _split(text)
    if parts is None:
        return text
    scheme, host, port, path, query, fragment = parts
    host = bare_host(host)
    path = _clean_path(path)
    query = _clean_query(query, _NAMES_ARTICLE.search(path) is not None)
    if fragment.startswith(("!", "/")) and len(fragment) > 1:
        query = f"{query}#{fragment}" if query else f"#{fragment}"
        return f"https://{host}{_port(scheme, port)}{path}{'' if query.startswith('#') else '?'}{query}"
    return f"https://{host}{_port(scheme, port)}{path}{'?' + query if query else ''}"


def source_of(url: str) -> str:
    """The outlet's host: lower case, without port, www., m. or amp., archives and AMP caches looked through; may be empty."""
    parts = _split(canonical_url(url))
    return parts[1] if parts else ""


def bare_host(host: str) -> str:
    """*host* in lower case and ASCII, without a trailing dot and without prefixes that select a device, not an outlet."""
    host = host.strip(".").lower()
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode("ascii")
    for _ in range(2):
        shorter = _HOST_PREFIX.sub("", host)
        if shorter == host or shorter.count(".") == 0:
            break
        host = shorter
    return host


def _split(url: str) -> tuple[str, str, str, str, str, str] | None:
    """Scheme, host, port, path, query and fragment; null when *url* is no http(s) URL."""
    if url.startswith("//"):
        url = "https:" + url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host:
        return None
    return parts.scheme, host, "" if port is None else str(port), parts.path, parts.query, parts.fragment


def _port(scheme: str, port: str) -> str:
    return "" if not port or port == _PORTS[scheme] or port in _PORTS.values() else f":{port}"


def _unwrap(url: str) -> str:
    """The URL inside a web archive, an AMP cache or viewer, or *url* itself."""
    parts = _split(url)
    if parts is None:
        return url
    _, host, _, path, query, _ = parts
    rest = path + (f"?{query}" if query else "")
    host = host.removeprefix("www.")
    if _ARCHIVES.search(host):
        found = _WAYBACK.match(rest)
        inner = _INNER_URL.search(found.group(2) if found else rest)
        if inner:
            return _repair(inner.group())
        if found and "." in found.group(2).split("/")[0]:
            return "http://" + found.group(2)
        return url
    return _unwrap_viewer(host, path, rest) or url


def _unwrap_viewer(host: str, path: str, rest: str) -> str:
    """The URL inside an AMP cache, an AMP viewer, a cached copy, a translation or a link out of a network; else an empty string."""
    if _AMP_CACHE.search(host):
        found = _AMP_PATH.match(rest)
        return f"{'https' if found.group(1) else 'http'}://{found.group(2)}" if found else ""
    if _GOOGLE.fullmatch(host) and path.startswith("/amp/"):
        inner = rest.removeprefix("/amp/").removeprefix("s/")
        return inner if inner.startswith("http") else "https://" + inner
    if host.endswith(_TRANSLATED):
        name = host.removesuffix(_TRANSLATED).replace("--", "\0").replace("-", ".").replace("\0", "-")
        return f"https://{name}{rest}"
    if (_GOOGLE.fullmatch(host) and path == "/url") or (host in _LEAVING and path == "/l.php"):
        named = parse_qs(rest.partition("?")[2])
        targets = (named[name][0] for name in ("url", "q", "u") if name in named)
        return next((target for target in targets if _INNER_URL.fullmatch(target)), "")
    if host in _COPIES:
        copied = _INNER_URL.search(unquote(rest))
        return copied.group() if copied else ""
    return ""


def _repair(url: str) -> str:
    """A URL whose double slash was merged when it was put into a path."""
    return re.sub(r"^(https?):/{1,2}(?=[^/])", r"\1://", url, flags=re.IGNORECASE)


def _clean_path(path: str) -> str:
    """Path with one encoding, without AMP parts, session ids, index files, double and trailing slashes."""
    path = _encode(_SESSION.sub("", path), _PATH_SAFE)
    path = re.sub(r"/{2,}", "/", path)
    path = _resolve_dots(path).rstrip("/")
    for _ in range(_LAYERS):
        before = path
        path = _AMP_HTML.sub(r"\1", _AMP_PREFIX.sub("", path))
        path = _INDEX.sub("/", _AMP_SUFFIX.sub("", path)).rstrip("/")
        if path == before:
            break
    return path or "/"


def _resolve_dots(path: str) -> str:
    """Path without ``.`` and ``..`` segments."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if len(kept) > 1:
                kept.pop()
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _clean_query(query: str, is_named: bool) -> str:
    """Parameters that may select the article, sorted by name, in one encoding; *is_named* by the path already or not."""
    kept: list[tuple[str, str]] = []
    for part in query.replace("&amp;", "&").split("&"):
        name, equals, value = part.partition("=")
        if not name or _is_tracking(
            unquote(name.replace("+", " ")), unquote(value.replace("+", " ")), is_named
        ):
            continue
        kept.append(
            (
                _encode(name.replace("+", "%20"), _QUERY_SAFE),
                equals + _encode(value.replace("+", "%20"), _QUERY_SAFE + "="),
            )
        )
    return "&".join(name + value for name, value in sorted(kept, key=itemgetter(0)))


def _is_tracking(name: str, value: str, is_named: bool) -> bool:
    """Whether a parameter does not select the article, which the path names already or not."""
    name = name.lower().removeprefix("amp;")
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if is_named and name in _PERHAPS:
        return True
    doubtful = _DOUBTFUL.get(name)
    return doubtful is not None and (not value or doubtful.match(value) is not None)


def _encode(text: str, safe: str) -> str:
    """Percent-encoding in one form: unreserved characters plain, the rest in upper-case UTF-8 escapes."""
    pieces = re.split(r"(%[0-9A-Fa-f]{2})", text)
    encoded: list[str] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            char = chr(int(piece[1:], 16))
            encoded.append(char if char in _UNRESERVED else piece.upper())
        else:
            encoded.append(quote(piece, safe=safe))
    return "".join(encoded)
