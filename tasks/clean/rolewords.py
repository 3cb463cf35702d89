"""Words in classes and ids that say what a part of a page is, other than running text.

A label is split into words at hyphens, underscores, spaces and humps.  A word of a list matches one word of the label
or two neighbours written together (``readmore`` matches ``read-more``); a word with a star matches the start of one.
"""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "comment": (
        "comment comments commentlist commentbox commentform commentsection disqus respond reply replies readerletters livefyre "
        "kommentar kommentare forumteaser"
    ),
    "related": (
        "related* relatedarticle relatedcontent relatedlinks relacionado relacionada relacionados relacionadas verwandt verwandte similar recommend* "
        "recirc* empfehlung* readmore readalso readnext readon lireaussi moreon morefrom morein morestories morearticles morenews morelike moreabout "
        "alsoread alsolike alsointerest* seealso mostread mostpopular mostviewed mostshared mostcommented mostrecent popular trending latest latestnews "
        "teaser* promo promos promobox promoitem promoblock headlines outbrain taboola plista ligatus inlinelink inlinestory inlinearticle inlinerelated "
        "nextarticle nextstory nextpost prevarticle prevstory prevpost previousarticle previousstory previouspost linkbox linklist topstories articlelinks "
        "articlelink youmay interlink* crosslink* zumthema dossier river onward"
    ),
    "advert": (
        "ad ads advert* adsense adslot adbox adunit adblock adcontainer adwrapper banner sponsor* dfp gpt anzeige publicidad werbung partnerbox "
        "partnerlinks partnerlink commercial affiliate* shopping"
    ),
    "signup": (
        "newsletter* subscri* signup signin login register registration piano membership donat* supportus contribution* apppromo appbanner appdownload "
        "premiumbox premiumbanner premiumteaser cta calltoaction optin mailchimp abo abobox"
    ),
    "paywall": "paywall* paygate premiumcontent restrictedcontent meteredcontent",
    "share": (
        "share shares sharing sharer sharebar sharebox sharebutton sharebuttons sharelinks sharetools sharethis sharedaddy social* follow followus addthis* "
        "addtoany whatsapp facebookshare bookmark tool tools toolbar action actions"
    ),
    "nav": (
        "breadcrumb breadcrumbs nav navi navbar navigation menu submenu pagination pager paging skiplink* skipto* toc tableof jumplink jumplinks siteheader "
        "masthead topbar megamenu sitemap postnav*"
    ),
    "side": "sidebar* aside rail rightcol rightcolumn rightrail widget* infobar",
    "foot": "footer* sitefooter pagefooter articlefoot postfooter entryfooter copyright disclaimer disclaimers colophon",
    "tags": (
        "tag tags taglist tagcloud taglinks posttags articletags keywords hashtag hashtags category categories catlinks topic topics topiclist topicslist "
        "topiclinks topicslinks labels"
    ),
    "byline": (
        "byline* author* autor autoren autorin autorinfo autorbox auteur auteurs autore writer writers reporter reporters contributor contributors biography "
        "bio aboutauthor credit credits publishdate publisheddate publishinfo publishtime publishedtime published publish dateline datetime timestamp "
        "postdate postmeta postinfo entrymeta articlemeta articleinfo articledate metadata metainfo meta pubdate lastupdated lastmodified readtime readingtime"
    ),
    "caption": (
        "caption captions photocredit photocaption imagecredit imagecaption imageinfo imgcaption mediacaption mediainfo picture figure gallery galleries "
        "slideshow carousel slider swiper lightbox bildunterschrift legend"
    ),
    "media": "video videoplayer videojs videocontainer videowrapper videoinfo videocaption player jwplayer audioplayer podcast* embedcode embedplaceholder",
    "form": "poll quiz survey rating vote voting feedback correctionform contactform searchform searchbox searchbar form",
    "overlay": "cookie* consent* gdpr onetrust* modal* popup* overlay tooltip toast snackbar interstitial",
    "hidden": "hidden visuallyhidden sronly screenreader* assistive printonly hide invisible",
}  # fmt: skip

_ENDS: Mapping[str, str] = {
    "meta": "byline", "byline": "byline", "authorbox": "byline", "newsletter": "signup", "comments": "comment", "sidebar": "side", "breadcrumb": "nav",
    "breadcrumbs": "nav", "footer": "foot", "caption": "caption", "sharing": "share", "sharebar": "share", "related": "related", "teaser": "related",
    "teasers": "related", "advert": "advert", "paywall": "paywall", "navigation": "nav",
}  # fmt: skip
"""Words that themes write at the end of a longer one (``singlepostmeta``)."""
_KEY = 4


def _exact() -> dict[str, str]:
    found: dict[str, str] = {}
    for role, words in _WORDS.items():
        for word in words.split():
            found.setdefault(word.rstrip("*"), role)
    return found


def _by_end() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for word, role in _ENDS.items():
        found[word[-_KEY:]] = (*found.get(word[-_KEY:], ()), (word, role))
    return found


def _starts() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for role, words in _WORDS.items():
        for word in words.split():
            if word.endswith("*"):
                stem = word.rstrip("*")
                found[stem[:_KEY]] = (*found.get(stem[:_KEY], ()), (stem, role))
    return found


_EXACT = _exact()
_STARTS = _starts()
_ENDINGS = _by_end()


def role_of_words(words: list[str]) -> str:
    """What the words of one label say, the first that says anything; else an empty string."""
    for number, word in enumerate(words):
        if number + 1 < len(words):
            role = _EXACT.get(word + words[number + 1])
            if role:
                return role
        role = _EXACT.get(word)
        if role:
            return role
        for stem, claimed in _STARTS.get(word[:_KEY], ()):
            if word.startswith(stem):
                return claimed
        for end, claimed in _ENDINGS.get(word[-_KEY:], ()):
            if word.endswith(end):
                return claimed
    return ""
