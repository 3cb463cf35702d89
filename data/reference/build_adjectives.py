"""National adjectives in many languages, read off the currency names of CLDR (Unicode licence) and inflected.

CLDR's French name of the rouble is "rouble russe": its last word is the adjective.  Which word it is depends on the language.
"""

from __future__ import annotations

from collections.abc import Iterator

from babel import Locale

CURRENCIES = (
    "RU:RUB FR:FRF DE:DEM IT:ITL ES:ESP PT:PTE NL:NLG BE:BEF AT:ATS CH:CHF PL:PLN CZ:CZK SK:SKK HU:HUF RO:RON BG:BGN GR:GRD TR:TRY "
    "UA:UAH BY:BYN SE:SEK NO:NOK DK:DKK FI:FIM IE:IEP JP:JPY KR:KRW KP:KPW IN:INR PK:PKR IR:IRR IQ:IQD SY:SYP IL:ILS SA:SAR EG:EGP "
    "BR:BRL MX:MXN AR:ARS CA:CAD AU:AUD VE:VEF CO:COP CL:CLP ZA:ZAR NG:NGN KE:KES ET:ETB RS:RSD AF:AFN AL:ALL DZ:DZD AO:AOA AM:AMD "
    "AZ:AZN BD:BDT BO:BOB KH:KHR CU:CUP CR:CRC DO:DOP EE:EEK GE:GEL GH:GHS GT:GTQ HN:HNL IS:ISK ID:IDR JO:JOD KZ:KZT KW:KWD KG:KGS "
    "LV:LVL LB:LBP LY:LYD LT:LTL MY:MYR MA:MAD MZ:MZN MM:MMK NP:NPR NZ:NZD NI:NIO PY:PYG PE:PEN PH:PHP QA:QAR SG:SGD SI:SIT SO:SOS "
    "LK:LKR SD:SDG TW:TWD TZ:TZS TH:THB TN:TND TM:TMT UG:UGX AE:AED UY:UYU UZ:UZS VN:VND YE:YER ZM:ZMW HR:HRK MD:MDL RW:RWF LU:LUF"
)
_FIRST = {"de", "ru", "uk", "cs", "nl", "sv", "hu", "fi", "tr", "da", "no", "sk"}
_SKIP_LISTED = (
    "di du de von van af sae zea sterling esterlina renminbi nuevo nouveau novo nuovo neuer neuerlich austral escudo gulden forint "
    "soberano soberan shekel fuerte dollar usa us franc frank peso pesos real lev leu won yen baht dong "
    "lari som kip florín rial litas kuna euro saudi kenia forte rufiyaa kyat novi nya nový nowy yeni új "
    "нов новий новый convertible convertibile conversível krone córdoba cordoba oro ouro azteca cedi "
    "plata uno unified unificado duro hryvnia dirham lats kroon tolar taler taka gourde renmimbi sul "
    "norte shilling unidos unis uniti unite verenigde nieuwe neue costa rica sri srí lanka nou جديد "
    "الجديد الجنوبية الشمالية جنوب أفريقيا дирхам франк кʼят singapour singapore dello della degli dei de des da do dos del "
    "d’estonie e arabia dell’estonia myanmar tanzania forint zloty złoty złoty lempira quetzal guaraní "
    "boliviano balboa lek dram manat tenge тенге лари динар рупия кьят sole soles sol inti rand rublu "
    "rublo dinar dinaro rupia real franco lira corona libra yuan jüan naira birr kwacha shillings "
    "peseta mark marka marca markka pound pund pond pfund litų крона марка ліра лира фунт евро євро "
    "манат сум сом кип донг бат вона вон"
)
_SKIP = frozenset(_SKIP_LISTED.split())
_ENDINGS = {
    "de": ("", "e", "er", "en", "em", "es"),
    "nl": ("", "e"),
    "sv": ("", "a", "t"),
    "da": ("", "e"),
    "no": ("", "e"),
    "ru": ["ий", "ая", "ое", "ие", "ого", "ой", "ому", "ую", "им", "ом", "их", "ими"],
    "uk": ["ий", "а", "е", "і", "ого", "ої", "ому", "ій", "у", "ою", "им", "их", "ими"],
    "pl": ["i", "a", "ie", "iego", "iej", "iemu", "ą", "im", "ich", "imi"],
    "cs": ["ý", "á", "é", "ého", "ému", "ou", "ým", "ých", "ými", "í"],
    "sk": ["ý", "á", "é", "ého", "ému", "ú", "ej", "ou", "ým", "ých", "ými", "í"],
}
_CUTS = {
    "de": ("er", "es", "e"),
    "nl": ("e",),
    "sv": ("t", "a"),
    "ru": ("ий", "ая", "ое", "ый"),
    "uk": ("ий", "а", "е"),
    "pl": ("ie", "i", "a"),
    "cs": ("ý", "á", "é"),
    "sk": ("ý", "á", "é"),
}


def _romance_forms(word: str, language: str) -> list[str]:
    """Return gender and number forms of a Romance adjective given in either gender."""
    if language == "fr":
        for end, root in (
            ("enne", "en"),
            ("aine", "ain"),
            ("ienne", "ien"),
            ("oise", "ois"),
            ("aise", "ais"),
            ("que", "que"),
        ):
            if word.endswith(end):
                word = word[: -len(end)] + root
        if word.endswith(("nde", "ole", "ine", "ane")) and word not in ("ukraine",):
            word = word if word.endswith("ole") else word[:-1]
        feminine = word + "ne" if word.endswith("en") else word if word.endswith("e") else word + "e"
        feminine = {"turc": "turque", "grec": "grecque", "turque": "turque"}.get(word, feminine)
        word = {"turque": "turc", "grecque": "grec"}.get(word, word)
        return [word, word if word.endswith("s") else word + "s", feminine, feminine + "s"]
    if language == "it":
        root = word[:-1]
        if word.endswith(("o", "a")) and not word.endswith(("ita", "iota", "ota")):
            return [
                root + "o",
                root + "a",
                root + ("hi" if root.endswith("c") and word == "greco" else "i"),
                root + "e",
                root + "he",
            ]
        return [word, root + "i", root + "e"]
    if word.endswith("ñola"):
        return [word[:-1], word, word[:-1] + "es", word + "s"]
    if word.endswith(("o", "a")) and not word.endswith(("ita", "ota", "nta")):
        return [word[:-1] + end for end in ("o", "a", "os", "as")]
    for masculine, feminine in (("ês", "esa"), ("és", "esa"), ("ão", "ã"), ("án", "ana"), ("esa", "esa")):
        if word.endswith(masculine):
            root = word[: -len(masculine)]
            plural = {"ês": "eses", "és": "eses", "ão": "ães", "án": "anes", "esa": "eses"}[masculine]
            base = {"esa": "és" if language == "es" else "ês"}.get(masculine, masculine)
            return [root + base, root + feminine, root + plural, root + feminine + "s"]
    return [word, word + "s", word + "es"]


def inflect(word: str, language: str) -> list[str]:
    """Return the forms of an adjective given in its cited form; itself alone where no pattern is kept."""
    word = word.lower()
    if language in ("fr", "es", "it", "pt"):
        return sorted(set(_romance_forms(word, language)))
    if language not in _ENDINGS:
        return [word]
    root = word
    for cut in _CUTS.get(language, ()):
        if word.endswith(cut) and len(word) - len(cut) >= 3:
            root = word[: -len(cut)]
            break
    if language == "nl":
        return sorted({root, root + "e", word})
    return sorted({root + end for end in _ENDINGS[language]} | {word})


def currency_adjectives(language: str) -> Iterator[tuple[str, str]]:
    """Yield (country, adjective as CLDR cites it) for the currencies whose names carry a national adjective."""
    names = Locale.parse(language).currencies
    for pair in CURRENCIES.split():
        country, code = pair.split(":")
        words = (names.get(code) or "").lower().split()
        usable = [word for word in words if word not in _SKIP and word.replace("-", "").isalpha()]
        if len(words) < 2 or not usable:
            continue
        yield country, usable[0] if language in _FIRST else usable[-1]
