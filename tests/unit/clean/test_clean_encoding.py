"""Bytes decide: pages in the encodings news was and is written in, declared rightly, wrongly or not at all."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.encoding import decode

FEW = settings(max_examples=30, deadline=None)

WRITING = {
    "ru": "Городской совет вчера обсудил бюджет следующего года и решил построить новый мост через реку.",
    "uk": "Міська рада вчора обговорила бюджет наступного року і вирішила збудувати новий міст через річку.",
    "zh": "市议会昨天讨论了明年的预算，决定在河上修建一座新桥，市长说这是城市发展的重要一步。",
    "tw": "市議會昨天討論了明年的預算，決定在河上修建一座新橋，市長說這是城市發展的重要一步。",
    "ko": "시의회는 어제 내년 예산을 논의하고 강에 새로운 다리를 놓기로 했다. 시장은 이를 환영했다.",
    "ja": "市議会は昨日、来年度の予算について話し合い、川に新しい橋を架けることを決めた。",
    "de": "Der Stadtrat hat gestern über den Haushalt für das nächste Jahr beraten und größere Änderungen beschlossen.",
    "fr": "Le conseil municipal a débattu hier du budget de l'année prochaine et décidé de bâtir un pont à côté du marché.",
    "pl": "Rada miasta wczoraj omówiła budżet na przyszły rok i zdecydowała, że powstanie most, źródła mówią o sporze.",
    "cs": "Městská rada včera projednala rozpočet na příští rok a rozhodla, že přes řeku povede nový most.",
    "tr": "Belediye meclisi dün gelecek yılın bütçesini görüştü ve nehrin üzerine yeni bir köprü yapılmasına karar verdi, şehir memnun.",
    "el": "Το δημοτικό συμβούλιο συζήτησε χθες τον προϋπολογισμό του επόμενου έτους και αποφάσισε νέα γέφυρα.",
    "ar": "ناقش مجلس المدينة أمس ميزانية العام المقبل وقرر بناء جسر جديد فوق النهر.",
    "he": "מועצת העיר דנה אתמול בתקציב השנה הבאה והחליטה לבנות גשר חדש מעל הנהר.",
    "th": "สภาเมืองหารือเรื่องงบประมาณปีหน้าเมื่อวานนี้และตัดสินใจสร้างสะพานใหม่ข้ามแม่น้ำ",
    "lv": "Pilsētas dome vakar apsprieda nākamā gada budžetu un nolēma būvēt jaunu tiltu pār upi.",
}
ENCODED = [
    ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso8859-5"), ("ru", "cp866"), ("uk", "cp1251"), ("uk", "koi8-u"),
    ("zh", "gb2312"), ("zh", "gbk"), ("zh", "gb18030"), ("tw", "big5"), ("tw", "gb18030"), ("ko", "euc-kr"), ("ko", "cp949"),
    ("ja", "shift_jis"), ("ja", "euc_jp"), ("ja", "iso2022_jp"), ("de", "cp1252"), ("de", "latin-1"), ("fr", "cp1252"),
    ("fr", "iso8859-15"), ("pl", "cp1250"), ("pl", "iso8859-2"), ("cs", "cp1250"), ("tr", "cp1254"), ("tr", "iso8859-9"),
    ("el", "cp1253"), ("el", "iso8859-7"), ("ar", "cp1256"), ("he", "cp1255"), ("th", "cp874"), ("lv", "cp1257"),
]  # fmt: skip


def page(language: str, charset: str = "") -> str:
    """A page whose text is the writing of one language, twice."""
    meta = f'<meta charset="{charset}">' if charset else ""
    text = WRITING[language]
    return f'<html lang="{language}"><head>{meta}<title>1</title></head><body><p>{text}</p><p>{text}</p></body></html>'


@pytest.mark.parametrize(("language", "encoding"), ENCODED)
@pytest.mark.parametrize("declared", ["right", "none", "utf-8", "iso-8859-1"])
def test_the_writing_is_read_whatever_is_declared(language: str, encoding: str, declared: str) -> None:
    payload = page(language).encode(encoding, "ignore")
    hint = {"right": encoding, "none": None}.get(declared, declared)
    assert decode(payload, hint).text == payload.decode(encoding)


@pytest.mark.parametrize(("language", "encoding"), ENCODED)
def test_a_declaration_inside_the_page_is_a_hint_too(language: str, encoding: str) -> None:
    payload = page(language, encoding).encode(encoding, "ignore")
    assert WRITING[language] in decode(payload).text or decode(payload).text == payload.decode(encoding)


@pytest.mark.parametrize("language", WRITING)
@pytest.mark.parametrize(
    "declared", [None, "utf-8", "iso-8859-1", "windows-1251", "gb2312", "no-such-charset"]
)
def test_valid_utf8_is_utf8_whatever_is_declared(language: str, declared: str | None) -> None:
    decoded = decode(page(language).encode(), declared)
    assert WRITING[language] in decoded.text
    assert decoded.damaged == 0.0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("language", ["de", "ru", "fr"])
def test_wide_encodings_are_told_with_and_without_a_mark(encoding: str, language: str) -> None:
    assert WRITING[language] in decode(page(language).encode(encoding)).text


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_byte_order_mark_wins_over_the_declaration(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert WRITING["de"] in decode(mark + page("de").encode(encoding), "iso-8859-1").text


def test_null_bytes_are_dropped() -> None:
    payload = page("de").replace("Stadtrat", "Stadt\0rat").encode()
    assert WRITING["de"] in decode(payload).text


def test_a_cut_character_at_the_end_does_not_change_the_encoding() -> None:
    payload = page("ru").encode()[: -len(b"</p></body></html>") - 3]
    assert decode(payload).encoding == "utf-8"


def test_a_few_bad_bytes_do_not_change_the_encoding() -> None:
    payload = (page("ru") * 5).encode().replace("мост".encode(), b"\xff\xfe\xff", 1)
    decoded = decode(payload, "windows-1251")
    assert decoded.encoding == "utf-8"
    assert 0 < decoded.damaged < 0.05
    assert WRITING["ru"] in decoded.text


def test_an_unknown_declaration_is_passed_over() -> None:
    assert WRITING["ru"] in decode(page("ru").encode("cp1251"), "x-made-up").text


def test_ascii_stays_ascii() -> None:
    assert decode(b"<p>plain</p>").encoding == "ascii"


@FEW
@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "gb2312", "shift_jis", "", "\u20ac"]))
def test_any_bytes_become_some_text(payload: bytes, declared: str | None) -> None:
    decoded = decode(payload, declared)
    assert "\0" not in decoded.text
    assert 0.0 <= decoded.damaged <= 1.0


@FEW
@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\0\ufeff\ufffe\ufffd", exclude_categories=["Cs"]),
        max_size=200,
    )
)
def test_any_utf8_text_comes_back(text: str) -> None:
    payload = f"<p>{text}</p>".encode()
    assert decode(payload).text == f"<p>{text}</p>" or b"\x1b$" in payload
