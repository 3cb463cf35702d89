"""Words by which a place is known from other names; our own compilation."""

from __future__ import annotations

import re
from collections.abc import Mapping

_BEFORE = """in at near from to towards toward outside inside around across through via into of for between and or
    north south east west northern southern eastern western central downtown greater beyond past leaving reached
    a à en dans depuis vers près de da di do em no na desde hacia hasta para sobre nach aus bei von bis um im zu zur über
    te naar uit bij van i w z do od pod nad ve în din la spre v u iz na po s в из во под к у над от до с
    till från vid på fra til ved på kohti"""
BEFORE = frozenset(_BEFORE.split())
"""Words after which a capitalised name is most likely a place, in the languages of the gazetteer's alphabets."""

DATE_LINE = re.compile(r"(?:, [^\n]{1,40})?\s*(?:\([^)\n]{2,40}\)\s*)?(?:[—–:]|-{1,2}\s)")
"""What follows the place of a date line: ``GENEVA (Agency) —``."""

_COMMON = """mobile reading bath nice split march most of orange enterprise independence liberty union concord hope man
    police university college bay santiago victoria alexandria charlotte florence sydney austin jackson lincoln madison
    houston washington carson troy salem geneva paris milan chester lancaster york kent essex warren sterling marion
    logan wayne clinton franklin marshall cleveland hamilton wellington nelson hastings douglas gary pierre juan san
    santa los las st saint central sale date ho bar ten can male along bor gift same poll imo eke ado ife aba ede obo
    ibb bari como lens tours angers nancy laval vichy melun orsay cannes soest essen halle bergen buren dordrecht
    hof cham bad wels baden ulm trier kiel worms hamm herne marl kerpen unna goch bonn porto faro natal belem salvador
    recife leon toledo cuenca merida trinidad esperanza florida california granada valencia cordoba barcelona laredo
    bethlehem nazareth jordan chad israel georgia lebanon cuba panama peru mexico moscow manchester birmingham boston
    cambridge oxford bristol rochester plymouth richmond newport newcastle springfield portland aurora glendale arlington
    augusta macon tyler irving garland frisco allen carrollton euless hurst keller flower monroe dalton asheville
    gore bush bay deal sandwich diss ash battle rugby poole barry neath colombo benin asia america africa europe
    young kaiser long beach ocean city lake park forest mission temple summit champion progress commerce industry"""
COMMON = frozenset(_COMMON.split())
"""Names that are also ordinary words, given names or surnames: these need a preposition and their country in context."""

EXONYMS: Mapping[str, tuple[str, ...]] = {
    "703448": ("Kiev",), "1816670": ("Peking",), "1275339": ("Bombay",), "1275004": ("Calcutta",), "1264527": ("Madras",),
    "1566083": ("Saigon",), "1298824": ("Rangoon",), "5128581": ("New York",), "4140963": ("Washington DC",),
    "292223": ("Dubai",), "3530597": ("Mexico City",), "2867714": ("Munich",), "2886242": ("Cologne",),
    "698740": ("Odessa",), "706483": ("Kharkov",), "702550": ("Lvov",), "625144": ("Minsk",),
}  # fmt: skip
"""GeoNames id → other English names that newspapers use."""

QUALIFIERS: Mapping[str, str] = {
    "us": "US", "usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "ontario": "CA", "quebec": "CA", "alberta": "CA", "british columbia": "CA", "nova scotia": "CA", "manitoba": "CA",
    "saskatchewan": "CA", "new south wales": "AU", "queensland": "AU", "victoria": "AU", "tasmania": "AU",
    "western australia": "AU", "south australia": "AU", "bavaria": "DE", "saxony": "DE", "uae": "AE", "russia": "RU",
    "calif": "US", "fla": "US", "tex": "US", "ill": "US", "mass": "US", "pa": "US", "ohio": "US", "mich": "US", "wis": "US",
    "minn": "US", "ala": "US", "ariz": "US", "ark": "US", "colo": "US", "conn": "US", "ga": "US", "ind": "US", "ky": "US",
    "la": "US", "md": "US", "miss": "US", "mo": "US", "nev": "US", "nh": "US", "nj": "US", "nm": "US", "ny": "US", "nc": "US",
    "okla": "US", "ore": "US", "sc": "US", "tenn": "US", "va": "US", "wash": "US", "dc": "US",
}  # fmt: skip
"""What may stand after "City," → country; countries and states of the USA come from the gazetteer itself."""
