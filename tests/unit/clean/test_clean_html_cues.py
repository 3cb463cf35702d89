"""Phrases that announce something other than the article, in the languages news is written in; and what must not be cut."""

from __future__ import annotations

import pytest

from tasks.clean.cues import BYLINE, CREDIT, ENDNOTE, LABEL, MORE, SIGNUP
from tasks.clean.html import read_page

MORE_LINES = {
    "en": ["Read more: The long way to the bridge", "Related stories", "See also: ferry times", "You may also like", "Most popular", "Up next"],
    "de": ["Lesen Sie auch: Der lange Weg zur Brücke", "Mehr zum Thema", "Auch interessant", "Das könnte Sie auch interessieren", "Weitere Artikel"],
    "fr": ["À lire aussi : le long chemin vers le pont", "Lire aussi", "Sur le même sujet", "Voir aussi", "Les plus lus"],
    "es": ["Lea también: el largo camino al puente", "Te puede interesar", "Noticias relacionadas", "Más noticias", "Lo más leído"],
    "pt": ["Leia também: o longo caminho até a ponte", "Veja também", "Saiba mais", "Mais lidas"],
    "it": ["Leggi anche: la lunga strada verso il ponte", "Potrebbe interessarti", "Articoli correlati", "Vedi anche"],
    "nl": ["Lees ook: de lange weg naar de brug", "Bekijk ook", "Meer over de brug", "Gerelateerd"],
    "sv": ["Läs mer: den långa vägen till bron", "Läs också", "Mer om bron"],
    "no": ["Les også: den lange veien til brua", "Se også"],
    "da": ["Læs også: den lange vej til broen", "Læs mere"],
    "fi": ["Lue myös: pitkä tie sillalle", "Katso myös"],
    "pl": ["Czytaj też: długa droga do mostu", "Zobacz także", "Polecamy", "Czytaj więcej"],
    "cs": ["Čtěte také: dlouhá cesta k mostu", "Mohlo by vás zajímat"],
    "sk": ["Prečítajte si: dlhá cesta k mostu", "Čítajte aj"],
    "hr": ["Pročitajte i: dug put do mosta"],
    "hu": ["Kapcsolódó cikkek", "Olvassa el ezt is"],
    "ro": ["Citește și: drumul lung spre pod", "Vezi și"],
    "lt": ["Taip pat skaitykite: ilgas kelias iki tilto"],
    "ru": ["Читайте также: долгий путь к мосту", "По теме", "Подробнее"],
    "uk": ["Читайте також: довгий шлях до мосту", "Дивіться також"],
    "el": ["Διαβάστε επίσης: ο μακρύς δρόμος", "Δείτε επίσης"],
    "tr": ["İlgili haber: köprüye giden yol", "Ayrıca oku", "Benzer haberler"],
    "id": ["Baca juga: jalan panjang ke jembatan", "Simak juga", "Berita terkait"],
    "vi": ["Xem thêm: con đường dài", "Tin liên quan"],
    "ar": ["اقرأ أيضا: الطريق الطويل", "مواضيع ذات صلة"],
    "hi": ["यह भी पढ़ें: लंबा रास्ता"],
    "he": ["קרא עוד: הדרך הארוכה"],
    "th": ["อ่านเพิ่มเติม: เส้นทางสู่สะพาน"],
    "ja": ["関連記事", "あわせて読みたい", "続きを読む"],
    "zh": ["相关阅读", "延伸阅读", "猜你喜欢", "热门推荐"],
    "ko": ["관련 기사", "관련기사: 다리로 가는 길"],
}  # fmt: skip
SIGNUP_LINES = {
    "en": [
        "Subscribe to our newsletter",
        "Sign up for the morning letter",
        "Follow us everywhere",
        "Already a subscriber? Log in",
        "Share this story",
    ],
    "de": [
        "Jetzt abonnieren und weiterlesen",
        "Melden Sie sich an",
        "Folgen Sie uns",
        "Hat Ihnen dieser Artikel gefallen?",
    ],
    "fr": ["Abonnez-vous pour lire", "Il vous reste la moitié à lire", "Partagez cet article"],
    "es": ["Suscríbete ahora", "Síguenos en todas partes", "Comparte esta noticia"],
    "pt": ["Assine agora", "Siga a gente", "Compartilhe"],
    "it": ["Iscriviti alla lettera", "Seguici ovunque", "Condividi l'articolo"],
    "nl": ["Meld je aan voor de brief", "Abonneer nu"],
    "sv": ["Prenumerera på brevet", "Följ oss"],
    "pl": ["Zapisz się na list", "Subskrybuj"],
    "ru": ["Подпишитесь на нас", "Следите за новостями"],
    "uk": ["Підписуйтесь на нас"],
    "tr": ["Abone ol", "Bizi takip edin"],
    "id": ["Ikuti kami", "Dapatkan kabar harian"],
    "vi": ["Theo dõi chúng tôi", "Đăng ký nhận tin"],
    "ar": ["اشترك الآن", "تابعنا"],
    "ja": ["会員登録はこちら", "ログインして読む"],
    "zh": ["扫码关注我们", "订阅"],
    "ko": ["구독하기", "로그인"],
}
LABELS = [
    "Advertisement", "ADVERTISEMENT", "Sponsored", "Anzeige", "Werbung", "Publicité", "Publicidad", "Pubblicità", "Reklam", "Реклама", "広告", "广告", "광고",
    "Share", "Print", "Email", "3 comments", "Comments", "Back to top", "Loading...", "Article content", "Story continues below", "Image 1 of 5", "1/12", "Tags:",
    "Teilen", "Drucken", "Partager", "Imprimer", "Compartir", "Condividi", "Stampa", "Getty Images", "___", "-30-", "ENDS", "完了しました", "印刷する",
]  # fmt: skip
CREDITS = [
    "Photo: Tor Brandt", "Photo by: Tor Brandt", "Image credit: Harbour Herald", "Picture: Herald", "(Photo: Tor Brandt)", "Foto: Tor Brandt", "Bild: Herald",
    "Fotos: Herald", "Quelle: Herald", "Crédits photo : Herald", "Fotoğraf: Herald", "Фото: Herald", "写真：Herald", "图：Herald", "사진: Herald", "Ảnh: Herald", "© Herald",
]  # fmt: skip
ENDNOTES = [
    "Reporting by Mara Quill; editing by Tor Brandt.", "Additional reporting by Ida Voss", "With files from the Coast Courier", "Editing by Tor Brandt",
    "This article was first published in the Coast Courier.", "First published in the Coast Courier.", "Editor's note: the bridge is shorter than we wrote.",
    "Correction: the bridge is four hundred feet long.", "Posted in Local", "Filed under bridges", "© 2024 Harbour Herald", "Mit Material von dpa",
    "Dieser Text erschien zuerst im Herald.", "Aus dem Englischen von Mara Quill", "责任编辑：Mara", "免责声明：本文仅代表作者观点。", "来源：Herald",
]  # fmt: skip
BYLINES = [
    "By Mara Quill",
    "Von Mara Quill",
    "Par Mara Quill",
    "Por Mara Quill",
    "Di Mara Quill",
    "Av Mara Quill",
    "Автор: Mara Quill",
    "記者 Mara Quill",
]
ORDINARY = [
    "The bridge opened on Tuesday, ten years after the first stone was laid.",
    "He read the letter twice and put it away.",
    "Sharing the cost was the mayor's idea.",
    "Photographers stood on both banks from the early morning.",
    "Commentators had said for years that it would never be built.",
    "Die Brücke wurde am Dienstag eröffnet, zehn Jahre nach dem ersten Spatenstich.",
    "Le pont a ouvert mardi, dix ans après la pose de la première pierre.",
    "El puente abrió el martes, diez años después de la primera piedra.",
    "Il ponte ha aperto martedì, dieci anni dopo la prima pietra.",
    "Мост открыли во вторник, через десять лет после первого камня.",
    "橋は火曜日に開通した。最初の石から十年がたっていた。",
    "大桥于周二通车，距离奠基已有十年。",
]


@pytest.mark.parametrize("line", [line for lines in MORE_LINES.values() for line in lines])
def test_announcements_of_other_articles_are_known_in_every_language(line: str) -> None:
    assert MORE.match(line)
    assert MORE.match(f"» {line}")


@pytest.mark.parametrize("line", [line for lines in SIGNUP_LINES.values() for line in lines])
def test_calls_to_subscribe_follow_or_share_are_known(line: str) -> None:
    assert SIGNUP.match(line)


@pytest.mark.parametrize("line", LABELS)
def test_labels_are_known_as_whole_lines(line: str) -> None:
    assert LABEL.fullmatch(line)
    assert not LABEL.fullmatch(f"{line} was all that the sign on the bridge said to them")


@pytest.mark.parametrize("line", CREDITS)
def test_credits_are_known(line: str) -> None:
    assert CREDIT.match(line)


@pytest.mark.parametrize("line", ENDNOTES)
def test_endnotes_are_known(line: str) -> None:
    assert ENDNOTE.match(line)


@pytest.mark.parametrize("line", BYLINES)
def test_bylines_are_known(line: str) -> None:
    assert BYLINE.match(line)


@pytest.mark.parametrize("line", ORDINARY)
@pytest.mark.parametrize("cue", [MORE, SIGNUP, CREDIT, ENDNOTE, BYLINE])
def test_ordinary_sentences_match_no_cue(cue: object, line: str) -> None:
    assert not cue.match(line)  # type: ignore[attr-defined]


BODY = [
    f"{line} That was sentence number {number} of the story, and not the last one."
    for number, line in enumerate(ORDINARY[:5])
]


def lines_with(inserted: str, position: int) -> list[str]:
    """The lines of an article with one element inserted between its paragraphs."""
    parts = [f"<p>{text}</p>" for text in BODY]
    parts.insert(position, inserted)
    found = read_page(
        f"<html><body><h1>New bridge opens after ten years</h1><div>{''.join(parts)}</div></body></html>"
    )
    assert found is not None
    return found.text.split("\n")


@pytest.mark.parametrize("position", [2, 5])
@pytest.mark.parametrize("line", [lines[0] for lines in MORE_LINES.values()])
def test_a_linked_announcement_is_cut_in_every_language(line: str, position: int) -> None:
    head, _, tail = line.partition(":")
    assert lines_with(f"<p>{head}: <a href=/x>{tail or head}</a></p>", position) == BODY


@pytest.mark.parametrize("line", ORDINARY)
def test_a_sentence_of_any_language_is_kept_between_others(line: str) -> None:
    assert line in lines_with(f"<p>{line}</p>", 2)


@pytest.mark.parametrize(
    "line",
    [
        "Read more books, the librarian told the children, and the rest of the year will take care of itself, whatever the weather may be.",
        "Subscribe was the first word that the machine learned, and for a long time it was also the only one that it could say without help.",
        "Photos: that was all she had left of the summer, a box of them, and she was not going to give them to a newspaper for any price.",
    ],
)
def test_a_long_paragraph_is_kept_whatever_its_first_word(line: str) -> None:
    assert line in lines_with(f"<p>{line}</p>", 2)
