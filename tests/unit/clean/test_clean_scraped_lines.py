"""What single lines are taken for: by shape in every script, by words in the languages that have a list."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.scraped_lines import read_lines
from tasks.clean.scraped_shape import ends_sentence, measure_size, split_lines
from tasks.clean.scraped_words import (
    find_phrases,
    flatten,
    is_credit,
    is_pitch,
    label_of,
    phrases,
    read_byline,
)

KINDS = {
    "sentence": [
        "The harbour master said the crane would be moved.",
        "«Nous prenons acte d'une initiative citoyenne», indique-t-il.",
        "Работы останавливали трижды из-за паводка.",
        "图书馆每天开放到晚上九点，周一闭馆。",
        "店主は最後の駅員だった潮見岩男さん（63）。",
        "وقال المهندس إن العمل استغرق أربع سنوات.",
        "Grünes Licht gab es am Abend für den neuen Radweg am Ufer. (dpa)",
        "He spoke of newsletters at length and of the people who had written them for forty years, none of whom had been thanked in all that time.",
        "หมู่บ้านเล็กๆ ริมแม่น้ำเปิดห้องสมุดลอยน้ำแห่งแรกของจังหวัดเมื่อวันจันทร์ที่ผ่านมา",
    ],
    "short": ["Goat elected honorary mayor", "Europe", "Un modelo que se extiende", "新闻特写", "world / weather"],
    "stamp": [
        "02 February, 2022, 12:00 pm", "Last modified: 02 February, 2022, 12:40 pm", "Publié le 3 févr. 2024 à 09h12", "12.03.2024, 14:05 Uhr",
        "2024年3月5日 10:20　来源：青禾晚报", "입력 2024.03.05 15:20",
    ],
    "ago": ["1h | Panorama", "23h | Videos", "2 hours ago", "vor 3 Stunden", "hace 2 horas", "il y a 5 minutes", "3시간 전", "5 минут назад", "12:40"],
    "credit": [
        "Photo: Reuters", "Is the crane intent on moving? Photo: Reuters", "Blick ins Tal. Foto: Konrad Silberdistel", "© Le Courrier des Brumes",
        "Мост через реку. Фото: пресс-служба", "图为读者在老茶厂图书馆阅读。林小荷 摄", "Biblioteca na praça — Foto: Tomé Caldas", "Getty Images",
    ],
    "label": ["Related News", "MOST VIEWED", "Kommentare", "12 comments", "Lo más leído", "Популярное", "相关阅读", "関連記事", "많이 본 뉴스", "الأكثر قراءة"],
    "pitch": [
        "Sign up for our newsletter.", "Suscríbete a nuestro boletín", "Подписывайтесь на наш телеграм-канал.", "扫描二维码下载客户端",
        "Folgen Sie uns auf Instagram.", "Tous droits réservés.",
    ],
    "teaser": ["Read more: Why the timetable never works", "Lesen Sie auch: Was ein Windrad bringt", "Читайте также: Почему паромщик не уходит", "▶관련기사: 배 이야기"],
    "bullet": ["- band practice and rehearsals", "• reading for pleasure", "2. The second of three points"],
    "noise": ["|", "42 + 1", "— · —", "***"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_kind_of_a_line(kind: str, text: str) -> None:
    assert [line.kind for line in read_lines(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Además, el presidente habló con los vecinos.",
        "Read the room, she said, and nobody laughed.",
        "The photo: a crane at dawn, taken by nobody in particular, became famous within a week and was printed on mugs.",
        "Von den 260 Mitgliedern stimmten 212 zu.",
        "Comments by the mayor were met with silence in the hall.",
        "Die Firma verkauft Kekse und Datenschutz an Kunden in aller Welt, sagte ihr Sprecher am Montag in der überfüllten Stadthalle vor 200 Zuhörern.",
    ],
)
def test_a_word_of_furniture_inside_a_sentence_is_no_furniture(text: str) -> None:
    assert [line.kind for line in read_lines(text)] == ["sentence"]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_every_line_with_a_sign_is_numbered_as_editors_do(text: str) -> None:
    lines = read_lines(text)
    page = split_lines(text)
    assert [line.number for line in lines] == [n for n, line in enumerate(page, 1) if line.strip()]
    assert all(line.text == page[line.number - 1].strip() for line in lines)


def test_copies_are_counted_without_regard_to_case() -> None:
    assert [line.copies for line in read_lines("Goat elected\n\nGOAT ELECTED\nSheep")] == [2, 2, 1]


def test_sizes_of_a_sentence_are_alike_in_dense_and_spaced_scripts() -> None:
    english, chinese = (
        measure_size("The library is open until nine every evening."),
        measure_size("图书馆每天开放到晚上九点。"),
    )
    assert 0.6 < chinese / english < 1.4


@pytest.mark.parametrize(
    "text",
    [
        "he said.",
        "he said.”",
        "“Why?”",
        "说。",
        "said. (Reuters)",
        "کہا۔",
        "कहा।",
        "it follows:",
        "wait…",
        'out."',
    ],
)
def test_ends_of_sentences(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["he said", "Photo:x", "3,5", "west / Putin", ""])
def test_what_ends_no_sentence(text: str) -> None:
    assert not ends_sentence(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [("By Odile Brackwater", "Odile Brackwater"), ("Автор: Прасковья Ветлугина", "Прасковья Ветлугина"), ("VON LIESBETH KORNFELD", "LIESBETH KORNFELD"),
     ("记者 林小荷", "林小荷"), ("Von", ""), ("Bystander effect", None), ("Harbour", None)],
)  # fmt: skip
def test_bylines(text: str, rest: str | None) -> None:
    assert read_byline(text) == rest


def test_phrases_begin_where_words_do() -> None:
    assert list(find_phrases("pitch", "nonnewsletter newsletters")) == [(14, 24)]
    assert not is_pitch("forumnewsletter", 15)


@pytest.mark.parametrize(
    "kind",
    [
        "comments",
        "related",
        "readmore",
        "share",
        "action",
        "tags",
        "byline",
        "credit",
        "pitch",
        "error",
        "consent",
    ],
)
def test_every_kind_has_words_in_ten_languages_and_all_are_folded(kind: str) -> None:
    assert len(phrases(kind)) >= 40
    assert all(phrase == flatten(phrase) for phrase in phrases(kind))


def test_labels_ignore_signs_and_numbers() -> None:
    assert label_of("» comments (12)") == "comments"
    assert label_of("comments on the weather") is None


def test_a_credit_inside_a_sentence_is_none() -> None:
    text = "He held up the photo: it showed a crane, a gull and a very small boat that nobody had ever seen before in those waters."
    assert not is_credit(text, flatten(text))
