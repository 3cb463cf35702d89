"""Short phrases by which pages announce something other than the article, in the languages news is written in.

Each list is matched at the start of a line that was case folded; none of them is enough on its own to cut a long
paragraph (see :mod:`tasks.clean.lines`).
"""

from __future__ import annotations

import re

_MORE = (
    r"(?:read|learn|see|find out) more|read (?:also|next|this|full|the (?:full|original))|also (?:read|on|see)|see also|related(?: (?:stories|articles?|news|posts?|topics?|links?|content|coverage|reading|video))?\b"
    r"|more (?:from|on|stories|news|about|coverage|to read|in this|like this)|you (?:may|might) (?:also )?(?:like|be interested)|don'?t miss|recommended|must read|up next|next up|what to read"
    r"|keep reading|continue reading|further reading|trending|most (?:read|popular|viewed)|popular|editor'?s?'? picks?|top stories|latest (?:news|stories|from)|watch(?: (?:also|now|more|live|the))?\s*[:|]|listen\s*[:|]|in pictures\s*[:|]|opinion\s*[:|]|analysis\s*[:|]|explainer\s*[:|]|explained\s*[:|]|video\s*[:|]|photos\s*[:|]|go deeper|click here|dig deeper|flashback\s*[:|]|background\s*:"
    r"|lesen sie (?:auch|hier|mehr|dazu|weiter)|lesetipp|mehr (?:zum|zu|aus|von|dazu|über|infos?|nachrichten|themen|artikel|erfahren|lesen)|auch interessant|das könnte (?:sie|dich)|weitere (?:artikel|nachrichten|infos|informationen|themen|meldungen|links|news)|weiterlesen|weiterführende|passend dazu|zum thema|zum weiterlesen|empfehlungen|empfohlener|meistgelesen|top-?themen|siehe auch|hier geht'?s|interview\s*[:|]|kommentar\s*[:|]|newsblog\s*:|liveblog\s*:|video zum|jetzt (?:lesen|ansehen)|hintergrund\s*:"
    r"|(?:à|a) lire(?: aussi| également)?|lire (?:aussi|également|la suite|plus)|voir aussi|sur le même (?:sujet|thème)|pour aller plus loin|nos articles|les plus lus|à voir aussi|notre dossier"
    r"|lea (?:también|más)|le[ea]r (?:más|también)|ver (?:más|también)|te puede interesar|le puede interesar|más (?:noticias|información|sobre|en)|noticias relacionadas|relacionad[oa]s?\b|también te|lo más (?:leído|visto)|puedes leer|mira también"
    r"|lei[ae] (?:também|mais)|veja (?:também|mais)|saiba mais|confira também|notícias relacionadas|mais lidas|continue lendo|acompanhe"
    r"|leggi (?:anche|di più|tutto|pure)|guarda (?:anche|il)|potrebbe interessarti|ti potrebbe interessare|articoli correlati|vedi anche|per approfondire|i più letti"
    r"|lees (?:ook|meer|verder)|bekijk ook|meer (?:over|nieuws|lezen)|gerelateerd|ook interessant"
    r"|läs (?:mer|också|även)|les (?:også|mer|meir)|læs (?:også|mere)|se (?:også|også video)|mer (?:om|fra)|mere om|relaterat|lue (?:myös|lisää)|katso myös|loe (?:ka|lisaks)"
    r"|czytaj (?:też|także|również|więcej|dalej)|zobacz (?:też|także|również|więcej)|przeczytaj (?:też|także|również)|polecamy|więcej (?:o|na)|číst (?:také|dále|více)|čtěte (?:také|dále|více)|mohlo by vás zajímat|prečítajte si|čítajte aj|pročitajte (?:i|još)|pročitaj|preberite (?:tudi|še)|olvas(?:sa|d) el|kapcsolódó|citește (?:și|mai)|citeste si|vezi și|skaitykite (?:taip|daugiau)|taip pat skaitykite|lasi arī|lasiet arī"
    r"|чита(?:йте|й|ти) (?:также|також|ещё|еще|далее|подробнее|больше|детальніше)|подробнее|смотрите также|по теме|материалы по теме|дивіться також|більше новин|детальніше|прочетете (?:още|и)|вижте (?:още|също)|διαβάστε (?:επίσης|ακόμ[ηα]|περισσότερα)|δείτε (?:επίσης|ακόμ[ηα])"
    r"|ilgili (?:haber|içerik)|(?:bunlar da )?ilginizi çekebilir|ayrıca (?:oku|bak)|okumaya devam|daha fazla|benzer haberler|baca juga|lihat juga|simak juga|berita terkait|selengkapnya|xem thêm|đọc thêm|tin liên quan|bài liên quan|soma (?:pia|zaidi)|basahin"
    r"|اقرأ (?:أيضا|أيضاً|المزيد|كذلك)|إقرأ|شاهد أيضا|مواضيع ذات صلة|للمزيد|بیشتر بخوانید|مطالب مرتبط|یہ بھی پڑھیں|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|আরও পড়ুন|קרא(?:ו)? (?:עוד|גם)|כתבות נוספות|อ่าน(?:เพิ่มเติม|ต่อ|ข่าว)|ข่าวที่เกี่ยวข้อง"
    r"|関連(?:記事|ニュース|キーワード|リンク)|あわせて読みたい|こちらも|続きを読む|おすすめ|【関連|【あわせて|相关(?:阅读|新闻|报道|文章)|延伸阅读|推荐阅读|相關(?:新聞|報導)|延伸閱讀|更多(?:新闻|报道|新聞)|(?:为你|为您|热门|热点|精彩|猜你|编辑)推荐|猜你喜欢|热门(?:新闻|文章)|推荐(?:新闻|文章)|관련\s?기사|함께 (?:보면|읽)|더 ?보기|이 시각"
)
_SIGNUP = (
    r"subscribe|sign up|sign in|log in|register (?:now|for|here|to)|join (?:our|us|the conversation|the)|get (?:the (?:latest|best|day'?s|most)|our|your|more|unlimited|all|motor)|follow (?:us|our|the|me|him|her|\w+ on)|download (?:our|the)|like us|find us|enjoy(?:ed|ing)? (?:this|our)|like this (?:story|article)|support (?:our|us|independent|quality)|donate|become a|give (?:a gift|today)|newsletter|our (?:newsletter|app|website)|to (?:read|continue|access)|already a|this (?:article|content|story) (?:is|was) (?:only|for|available|reserved|exclusive|originally|first)|unlock|free trial|start your|share (?:this|your|on|it)|tell us|have you|do you have|contact (?:us|the author|our)|send (?:us|your|tips)|got a (?:tip|story)|have a (?:tip|story)|email (?:us|the|me)?|e-mail|write to|reach (?:out|us|the)|report (?:an|a) |submit (?:a|your)|thanks? (?:you )?for (?:reading|signing|subscribing)|click|tap here|(?:please )?(?:enable|allow) (?:javascript|cookies)|you can unsubscribe|your (?:email|subscription)|by (?:signing|clicking|subscribing|submitting)|we (?:want to hear|use cookies|may earn|independently|earn)|buy (?:now|us)|shop now|watch (?:live|on)|listen (?:to|live|on)|comments? (?:are closed|below|\()|leave a (?:reply|comment)|post a comment|what do you think|let us know|join the discussion|terms (?:of|and)|privacy policy|copyright|all rights reserved|© ?\d*|\(c\) \d"
    r"|abonnieren|jetzt (?:abonnieren|testen|anmelden|kostenlos|registrieren|bestellen|weiterlesen)|melden sie sich|anmelden|registrieren|folgen sie|folge uns|newsletter|sie (?:möchten|mögen|wollen|haben (?:fehler|fragen|einen))|ihre meinung|wie hat ihnen|hat ihnen|diesen artikel|dieser artikel (?:ist|erschien|wurde|stammt)|artikel (?:teilen|anhören|merken|drucken)|kommentare|alle rechte|unterstützen sie|empfohlener (?:redaktioneller|externer)|an dieser stelle (?:finden|befindet)|ich bin (?:damit )?einverstanden|externe(?:r|n|s)? inhalt|hier klicken|bitte (?:aktivieren|melden|stimmen)|mit ihrer zustimmung|zur startseite|aktuelle nachrichten auf|transparenzhinweis|redaktioneller hinweis|hinweis\s*:|quelle(?:n)?\s*:|eigene recherchen|die (?:waz|redaktion) (?:auch|bei)"
    r"|abonnez|s'abonner|inscri(?:vez|ption)|suivez|partage[rz]|réservé aux abonnés|il vous reste|cet article est|la suite est|newsletter|suscr[ií]b|regístrate|síguenos|sigue (?:a|toda|en)|comparte|compartir|apúntate|descarga|este artículo|inscreva|assine|siga|compartilh|cadastre|receba|iscriviti|seguici|condividi|abbonati|abonneer|meld je aan|volg|deel dit|prenumerera|följ|dela|abonner|følg|del |tilaa|seuraa|subskrybuj|zapisz się|obserwuj|dołącz|masz (?:temat|problem)|odebírejte|sledujte|zdieľa|zapratite|pratite|abonați|urmărește|подпис|подпиш|следите|присоединя|поделит|поделись|підпис|слідкуй|приєдн|ακολουθήστε|εγγραφείτε|abone ol|bizi takip|takip edin|whatsapp|telegram|facebook|instagram|twitter|ikuti|dapatkan|gabung|theo dõi|đăng ký|chia sẻ|اشترك|تابع(?:وا|نا)|انضم|加入|订阅|訂閱|扫码|关注|分享|会員|有料|ログイン|無料|登録|シェア|구독|로그인|공유|무단전재|저작권|ⓒ|ยอดติดตาม|ติดตาม|แชร์"
)
_LABEL = (
    r"advert(?:isement|isment|ising)?|ads?|sponsored(?: content)?|promoted|promotion|anzeige|werbung|publicit[éàa]|publicidad|publicidade|pubblicità|reklam[ae]?|реклама|広告|广告|廣告|광고|quảng cáo|iklan|إعلان|"
    r"article content|article continues (?:below|after).{0,40}|story continues.{0,30}|continues? below.{0,30}|skip(?: (?:to|past|advert|ad|this|newsletter|promotion).{0,40})?|image|photo|picture|video|embed|getty(?: images)?|reuters|afp|ap|file photo|"
    r"loading.{0,20}|please wait.{0,20}|back to (?:top|home|index)|print(?: this)?(?: article)?|share|shares?|tweet|email|e-mail|copy link|save|comments?|\d+ comments?|read|play|pause|mute|next|previous|close|menu|search|show more|view more|expand|collapse|updated?|published|tags?|topics?|categories|filed under|source|sources|live|recommended videos?|related topics|(?:image|photo|slide|picture|foto|bild) \d+ (?:of|von|de|/) \d+|\d+ ?/ ?\d+|more on this story|"
    r"teilen|drucken|merken|kommentieren|schlagworte|themen|inhalt|quelle|quellen|box aufklappen.{0,20}|box zuklappen|.{0,20}aufklappen.{0,30}zuklappen|mehr|imago|dpa|mit dpa|partager|imprimer|commentaires?|publicado|compartir|imprimir|etiquetas|condividi|stampa|dela|skriv ut|udostępnij|komentarze|поделиться|теги|完了しました|印刷する|list|paylaş|etiketler|bagikan|photo gallery|end|ends|---+|___+|\*\s*\*\s*\*|###+|-30-"
)
_CREDIT = (
    r"(?:photos?|pictures?|images?|photograph(?:s|y)?|illustrations?|graphics?|video|screenshot|source|credits?|file photo)(?: (?:credits?|source|illustration|courtesy|via|by|from|provided|gallery))?\s*[:：©/|]|\((?:photo|image|picture|source|credit|ap photo|file|reuters/|screenshot)[^)]*\)$"
    r"|(?:fotos?|bild(?:er)?|grafik|quelle|bildquelle|bildrechte|foto und video|fotoğraf|kaynak|zdjęcie|fot\.|foto di|photo de|crédits?(?: photo)?|crédito|imagen|immagine|ilustrasi|sumber|ảnh|фото|зображення|צילום|תצלום|写真|図|圖|图|资料图|사진|รูป|ภาพ)\s*[:：©/|=]"
    r"|(?:image|photo) (?:credit|source|caption|copyright|courtesy)|getty images|©|📷|📸|🎥"
)
MORE = re.compile(rf"\W{{0,8}}(?:{_MORE})", re.IGNORECASE)
"""Announces other articles."""
SIGNUP = re.compile(rf"\W{{0,8}}(?:{_SIGNUP})", re.IGNORECASE)
"""Asks the reader to subscribe, follow, share, write or agree."""
LABEL = re.compile(rf"\W{{0,8}}(?:{_LABEL})\W{{0,8}}", re.IGNORECASE)
"""Is nothing but a label of the page (to be matched against the whole line)."""
CREDIT = re.compile(rf"\W{{0,2}}(?:{_CREDIT})", re.IGNORECASE)
"""Names who took or made a picture."""
LEAD_CLASS = re.compile(
    r"lead|lede|standfirst|stand-?first|summary|excerpt|intro(?!duction-video)|dek\b|deck|sub-?title|sub-?head|strap-?line|teaser-?text|article-?description|chapo|chapeau|entradilla|vorspann|anriss|ingress|abstract|bajada|sottotitolo|sommario|lid\b|spot|synopsis|sapo|preamble"
)
"""Class of a standfirst."""
ENDNOTE = re.compile(
    r"\W{0,4}(?:(?:additional |with |further )?(?:reporting|writing|editing|compiled|edited|graphics?|production|translat(?:ion|ed)) (?:by|from)\b|with (?:files|inputs?|material|reporting|additional) |associated press (?:writer|reporter)s?\b|\w+ (?:and \w+ )?reported from\b"
    r"|(?:this (?:article|story|report|piece|post|interview) (?:was|is|has been|first|originally)|(?:first|originally) published|an earlier version|correction\b|editor'?s'? note|disclaimer\b|copyright\b|©|\(c\))|(?:posted|filed|published) (?:in|by|on|under)\b|abgelegt unter"
    r"|mit (?:material|informationen|agenturmaterial|inhalten) |mit (?:dpa|afp|reuters)\b|aus dem (?:englischen|französischen)|dieser (?:text|artikel|beitrag) (?:ist|wurde|erschien|stammt|basiert)|der (?:artikel|beitrag) (?:erschien|stammt|basiert)|dieses thema im programm|über dieses thema berichtet|免责声明|特别声明|责任编辑|责编|编辑[:：]|来源[:：]|原标题|本文来自|本文来源|声明[:：]|版权声明|avec (?:afp|reuters|agences)|con información de|com informações d|con (?:informazioni|agenzie))",
    re.IGNORECASE,
)
"""Closes an article with who made it or where it came from (only in the last lines)."""
BYLINE = re.compile(
    r"\W{0,8}(?:by|von|par|por|di|da|af|av|door|przez|text|texte|texto|testo|autor(?:in)?|author|auteur|oleh|reporter|автор|文|記者)\b[\s:：]",
    re.IGNORECASE,
)
"""Begins like a byline (only for short lines that are no sentence)."""
