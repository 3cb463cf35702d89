"""Language: every language a followed outlet may publish in, and silence where there is nothing to go by."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.enrich.language import UNKNOWN, detect_languages

SENTENCES = {
    "en": "The council voted on Tuesday to rebuild the bridge after two months of heated public debate.",
    "de": "Der Stadtrat stimmte am Dienstag nach zweimonatiger Debatte für den Wiederaufbau der Brücke.",
    "fr": "Le conseil municipal a voté mardi la reconstruction du pont après deux mois de débats publics.",
    "es": "El ayuntamiento votó el martes la reconstrucción del puente después de dos meses de debate público.",
    "pt": "A câmara municipal votou na terça-feira a reconstrução da ponte depois de dois meses de debate.",
    "it": "Il consiglio comunale ha votato martedì la ricostruzione del ponte dopo due mesi di dibattito.",
    "nl": "De gemeenteraad stemde dinsdag na twee maanden debat voor de wederopbouw van de brug.",
    "sv": "Kommunfullmäktige röstade på tisdagen för att bygga upp bron igen efter två månaders debatt.",
    "da": "Byrådet stemte tirsdag for at genopbygge broen efter to måneders offentlig debat om udgifterne.",
    "no": "Kommunestyret stemte tirsdag for å gjenoppbygge broen etter to måneders offentlig debatt om kostnadene.",
    "fi": "Kaupunginvaltuusto äänesti tiistaina sillan jälleenrakentamisesta kahden kuukauden keskustelun jälkeen.",
    "et": "Linnavolikogu hääletas teisipäeval silla taastamise poolt pärast kaks kuud kestnud arutelu.",
    "lv": "Pilsētas dome otrdien pēc divus mēnešus ilgām debatēm nobalsoja par tilta atjaunošanu.",
    "lt": "Miesto taryba antradienį po dviejų mėnesių diskusijų balsavo už tilto atstatymą.",
    "pl": "Rada miasta zagłosowała we wtorek za odbudową mostu po dwóch miesiącach publicznej debaty.",
    "cs": "Městská rada v úterý po dvou měsících veřejné debaty hlasovala pro obnovu mostu.",
    "sk": "Mestská rada v utorok po dvoch mesiacoch verejnej diskusie hlasovala za obnovu mosta.",
    "hu": "A városi tanács kedden két hónapos vita után megszavazta a híd újjáépítését.",
    "ro": "Consiliul local a votat marți reconstrucția podului după două luni de dezbateri publice.",
    "bg": "Общинският съвет гласува във вторник за възстановяването на моста след двумесечен обществен дебат.",
    "ru": "Городской совет во вторник проголосовал за восстановление моста после двух месяцев обсуждений.",
    "uk": "Міська рада у вівторок проголосувала за відбудову мосту після двох місяців громадських обговорень.",
    "sr": "Градско веће је у уторак после два месеца јавне расправе гласало за обнову моста.",
    "sl": "Mestni svet je v torek po dveh mesecih javne razprave glasoval za obnovo mostu.",
    "el": "Το δημοτικό συμβούλιο ψήφισε την Τρίτη την ανοικοδόμηση της γέφυρας μετά από δύο μήνες συζήτησης.",
    "tr": "Belediye meclisi iki ay süren tartışmaların ardından salı günü köprünün yeniden yapılmasını onayladı.",
    "ar": "صوت مجلس المدينة يوم الثلاثاء على إعادة بناء الجسر بعد شهرين من النقاش العام.",
    "he": "מועצת העיר הצביעה ביום שלישי בעד שיקום הגשר לאחר חודשיים של דיון ציבורי.",
    "fa": "شورای شهر روز سه‌شنبه پس از دو ماه بحث عمومی به بازسازی پل رأی داد.",
    "ur": "شہر کی کونسل نے دو ماہ کی بحث کے بعد منگل کو پل کی دوبارہ تعمیر کے حق میں ووٹ دیا۔",
    "hi": "नगर परिषद ने दो महीने की सार्वजनिक बहस के बाद मंगलवार को पुल के पुनर्निर्माण के पक्ष में मतदान किया।",
    "bn": "দুই মাসের আলোচনার পর মঙ্গলবার নগর পরিষদ সেতুটি পুনর্নির্মাণের পক্ষে ভোট দিয়েছে।",
    "id": "Dewan kota pada hari Selasa memilih untuk membangun kembali jembatan itu setelah dua bulan perdebatan.",
    "vi": "Hội đồng thành phố hôm thứ Ba đã bỏ phiếu xây dựng lại cây cầu sau hai tháng tranh luận.",
    "th": "สภาเมืองลงมติเมื่อวันอังคารให้สร้างสะพานขึ้นใหม่หลังจากถกเถียงกันมาสองเดือน",
    "zh": "经过两个月的公开辩论，市议会周二投票决定重建这座大桥。",
    "ja": "市議会は二か月にわたる議論の末、火曜日に橋の再建を決めた。",
    "ko": "시의회는 두 달간의 공개 토론 끝에 화요일 다리를 다시 짓기로 의결했다.",
    "sw": "Baraza la jiji lilipiga kura siku ya Jumanne kujenga upya daraja hilo baada ya miezi miwili ya mjadala.",
}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_every_text_gets_one_code_and_one_probability(texts: list[str]) -> None:
    found = detect_languages(texts)
    assert len(found) == len(texts)
    assert all(2 <= len(code) <= 3 and 0.0 <= score <= 1.0 for code, score in found)


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_one_sentence_is_enough(language: str, sentence: str) -> None:
    assert detect_languages([sentence])[0][0] == language


@pytest.mark.parametrize(
    "text",
    ["", " ", "1,234.5 – 67%", "OK", "https://example.com/a?b=c", "\ud800\udfff" * 40, "\x00" * 50,
     "zkq xvb wpf jrt mnh glk sdf qwz pxc", "Lorem ipsum dolor sit amet consectetur adipiscing elit"],
)  # fmt: skip
def test_nothing_to_go_by_is_undetermined(text: str) -> None:
    assert detect_languages([text])[0][0] == UNKNOWN


def test_the_answer_does_not_depend_on_the_neighbours() -> None:
    texts = list(SENTENCES.values())
    assert detect_languages(texts) == [detect_languages([text])[0] for text in texts]
    assert detect_languages(texts[::-1])[::-1] == detect_languages(texts)


def test_a_foreign_quotation_does_not_change_the_language() -> None:
    text = f"{SENTENCES['en']} “{SENTENCES['fr'][:50]}”, the mayor said in the council chamber. {SENTENCES['en']}"
    assert detect_languages([text])[0][0] == "en"


def test_a_very_long_text_costs_no_more_than_its_beginning() -> None:
    assert detect_languages([SENTENCES["de"] + " " + SENTENCES["fr"] * 10_000])[0][0] in ("de", "fr")
