"""Words by which pages that are not articles name themselves, in the languages news is written in."""

from __future__ import annotations

import re

_I = re.IGNORECASE
ERROR_TITLE = re.compile(
    r"\b(?:40[0134]|410|429|50[0234])\b(?!.{0,3}(?:million|people|km|euro|dollar|%))|not found|page (?:can'?t|cannot|could not) be found|no longer (?:available|exists)|does(?:n'?t| not) exist|access denied|forbidden|unauthori[sz]ed|bad gateway|service unavailable"
    r"|just a moment|attention required|are you (?:a )?(?:human|robot)|security check|captcha|request (?:blocked|rejected)|error occurred|^\W*(?:oops|error|whoops)\b|temporarily unavailable|under maintenance"
    r"|nicht gefunden|seite nicht|nicht (?:mehr )?verfügbar|existiert nicht|zugriff verweigert|introuvable|n'existe (?:pas|plus)|accès refusé|erreur \d|no (?:se ha )?encontrad[oa]|no existe|acceso denegado|página no|não encontrad[oa]|não existe|acesso negado|non (?:è stata )?trovat[oa]|pagina non|niet gevonden|bestaat niet"
    r"|hittades inte|kunde inte|ikke funnet|ble ikke funnet|ikke fundet|ei löydy|ei löytynyt|nie znaleziono|nie istnieje|nenalezen[ao]|nebyla nalezena|nenájden|nem található|nu a fost găsit|nije pronađen|ni bilo mogoče|nerasta|nav atrast|не найден[ао]?|не существует|не знайден[ао]?|не е намерен|δεν βρέθηκε|bulunamadı|tidak ditemukan|không tìm thấy|không tồn tại"
    r"|غير موجودة|لم يتم العثور|یافت نشد|לא נמצא|नहीं मिला|見つかりません|存在しません|找不到|不存在|未找到|찾을 수 없|존재하지|ไม่พบ",
    _I,
)
ERROR_TEXT = re.compile(
    r"page you (?:are|were) looking for|page (?:you requested|requested|cannot be|could not be|was not|no longer)|(?:moved|removed|deleted) or (?:no longer|renamed|does)|no longer exists|enable javascript|javascript (?:is|must be) (?:disabled|enabled|required)|verify (?:that )?you are (?:a )?human|checking your browser"
    r"|you don'?t have permission|access to this page|gesuchte seite|angeforderte seite|page (?:que vous|demandée)|página que (?:busca|buscas|você|procura)|pagina (?:che|richiesta)|opgevraagde pagina|sidan du|siden du|strona, której|stránka, kterou|запрашиваем\w+ страниц|страниц\w+ не|aradığınız sayfa|halaman yang|お探しのページ|请求的页面|您访问的页面|요청하신 페이지",
    _I,
)
CONSENT = re.compile(
    r"cookies?|partners?|consent\w*|your privacy|personal(?:ised|ized)? (?:data|ads?|content|information)|legitimate interest|manage (?:options|preferences|settings)|accept all|reject all|store and(?:/or)? access|information on (?:a|your) device|vendors?|purposes|gdpr|opt[- ]out|tracking"
    r"|einwillig\w*|zustimm\w*|datenschutz\w*|personenbezogene\w*|personalisierte\w*|tracking|alle akzeptieren|partnern?|endgerät\w*|consentement|données personnelles|partenaires|finalités|tout accepter|refuser|consentimiento|datos personales|socios|aceptar (?:todo|todas)|rechazar|finalidades"
    r"|consentimento|dados pessoais|parceiros|aceitar|consenso|dati personali|accetta\w*|toestemming|persoonsgegevens|accepteren|samtycke|personuppgifter|samtykke|personopplysninger|suostumu\w*|zgod[ay]|dane osobowe|partnerzy|souhlas|osobní údaje|hozzájárul\w*|согласи\w*|персональн\w+ данн\w+|файл\w+ cookie|çerez\w*|kişisel veri\w*|同意|クッキー|隐私|쿠키|개인정보",
    _I,
)
CONSENT_TITLE = re.compile(
    r"^\W*(?:before you continue|cookie (?:consent|settings|notice|choices)|your privacy|privacy (?:settings|choices|options)|consent|we value your privacy|cookie-?einstellungen|datenschutz-?einstellungen|bevor sie|avant de (?:continuer|poursuivre)|antes de continuar|prima di continuare|voordat je|innan du fortsätter|zanim przejdziesz|прежде чем)",
    _I,
)
PAYWALL = re.compile(
    r"(?:only|exclusive(?:ly)?|reserved|available) (?:for|to) (?:\w+ )?(?:subscribers|members|readers with)|subscribers? only|for subscribers|subscribe (?:now|today|to (?:read|continue|unlock|access)|for)|to (?:continue|keep) reading|(?:log|sign) in to (?:read|continue)|register to (?:read|continue)|unlock (?:this|the) (?:article|story)|already (?:a subscriber|have an account)|(?:this|premium) (?:article|content|story) is (?:only )?(?:for|available|reserved)|free articles? (?:left|remaining)"
    r"|nur für abonnenten|abonnenten|jetzt (?:abonnieren|weiterlesen|freischalten)|weiterlesen mit|mit (?:dem )?\w*(?:plus|abo)\b|artikel (?:freischalten|ist (?:kostenpflichtig|exklusiv))|réservé (?:à nos|aux) abonnés|il vous reste|abonnez-vous|pour lire la suite|contenido (?:exclusivo|para suscriptores)|suscríbe(?:te|se)|para seguir leyendo|para continuar leyendo|exclusivo para assinantes|assine (?:já|agora|para)|continue lendo|riservato agli abbonati|abbonati (?:per|ora)|continua a leggere"
    r"|alleen voor abonnees|word abonnee|verder lezen|för prenumeranter|bli prenumerant|läs vidare|for abonnenter|bli abonnent|kun for abonnenter|tilaajille|vain tilaajille|tylko dla (?:subskrybentów|prenumeratorów)|dostęp (?:do|dla)|pro předplatitele|pouze pro|csak előfizetőknek|доступ\w* (?:только )?(?:для|по) подпис|только для подписчиков|abonelere özel|aboneler|khusus pelanggan|dành cho thuê bao|会員限定|有料会員|続きを読むには|ログインして|订阅|會員|구독자|회원 전용",
    _I,
)
SEARCH_TITLE = re.compile(
    r"\W*(?:search(?: results?(?: for\b.*)?)?|results? for\b.*|you searched for\b.*|\d+ (?:search )?results?\b.*|such(?:e|ergebnisse?)(?: (?:für|nach|zu)\b.*)?|(?:résultats? de (?:la )?)?recherche(?:\b.*)?|(?:resultados? de (?:la )?)?b[úu]squeda\b.*|resultados? (?:de|para|da)\b.*|buscar|busca|(?:risultati (?:della )?)?ricerca\b.*|zoek(?:en|resultaten)\b.*|sök(?:resultat)?\b.*|søk(?:eresultat)?\b.*|søg\w*|haku(?:tulokset)?\b.*|wyniki wyszukiwania\b.*|szukaj|výsledky (?:vyhledávání|hledání)\b.*|keresés\w*|поиск\b.*|результаты поиска\b.*|пошук\b.*|arama(?: sonuçları)?\b.*|hasil pencarian\b.*|tìm kiếm\b.*|検索結果.*|搜索.*|검색 ?결과.*)(?:\s*[-–|:·].*)?$",
    _I,
)
LEGAL_TITLE = re.compile(
    r"^\W*(?:our |the )?(?:website )?(?:privacy(?: (?:policy|notice|statement|center|centre|and cookies?.*))?|terms(?: (?:of (?:use|service|sale|business|access|trade)|(?:and|&) conditions)(?: .{0,25})?)?|cookies?(?: (?:policy|notice|statement))?|(?:legal|copyright)(?: (?:notice|information|disclaimer))?|disclaimer|imprint|accessibility(?: statement)?|editorial (?:policy|guidelines|standards|code)|code of (?:ethics|conduct)|corrections? policy|contact(?: us)?|about(?: us)?|advertise(?: with us)?|subscription terms|user agreement|conditions of (?:use|sale)|data protection(?: .{0,20})?|community (?:guidelines|standards|rules)|comment policy"
    r"|datenschutz\w*(?: .{0,25})?|impressum|nutzungsbedingungen|agb|allgemeine geschäftsbedingungen.*|cookie-?richtlinien?|kontakt|über uns|barrierefreiheit.*|mediadaten|mentions légales|politique de (?:confidentialité|cookies).*|conditions (?:générales|d'utilisation).*|cgu|cgv|qui sommes-nous|nous contacter|aviso legal|política de (?:privacidad|cookies|privacidade).*|términos (?:y condiciones|de uso).*|condiciones (?:de uso|generales).*|quiénes somos|contacto|termos (?:de uso|e condições).*|quem somos|expediente|fale conosco"
    r"|informativa (?:sulla )?privacy.*|note legali|chi siamo|termini (?:e condizioni|di (?:utilizzo|servizio)).*|contatti|privacyverklaring|privacybeleid|algemene voorwaarden.*|over ons|colofon|integritetspolicy|användarvillkor|om oss|personvern\w*|vilkår.*|privatlivspolitik|tietosuoja\w*|käyttöehdot|yhteystiedot|polityka (?:prywatności|cookies).*|regulamin.*|o nas|zásady (?:ochrany|zpracování).*|obchodní podmínky|ochrana osobních údajů|adatvédel\w*.*|impresszum|politica de confidențialitate|termeni și condiții.*"
    r"|политика (?:конфиденциальности|обработки).*|пользовательское соглашение|о (?:нас|проекте|редакции)|контакты|правила (?:пользования|использования).*|політика конфіденційності|про нас|gizlilik (?:politikası|sözleşmesi).*|kullanım (?:koşulları|şartları).*|künye|hakkımızda|iletişim|kebijakan privasi|tentang kami|redaksi|pedoman media siber|syarat (?:dan|&) ketentuan|chính sách .{0,30}|điều khoản .{0,30}|プライバシーポリシー|利用規約|会社概要|隐私(?:政策|声明)|关于我们|联系我们|服务条款|개인정보 ?(?:처리|보호)?\w*|이용약관|سياسة الخصوصية|شروط الاستخدام|من نحن|اتصل بنا)"
    r"(?:\s*(?:[-–—|:·].{0,50}))?\W*$",
    _I,
)
LEGAL_PATH = re.compile(
    r"/(?:privacy(?:-policy|-notice)?|terms(?:-of-(?:use|service))?|terms-and-conditions|cookie(?:s|-policy)|legal(?:-notice)?|imprint|impressum|datenschutz\w*|agb|nutzungsbedingungen|mentions-legales|aviso-legal|politica-de-privacidad|contact(?:-us)?|kontakt|about(?:-us)?|ueber-uns|disclaimer|accessibility)(?:\.\w{2,5})?/?$"
)
INDEX_PATH = re.compile(
    r"/(?:tags?|topics?|category|categories|section|author|authors|autor(?:en)?|archive[s]?|archiv|thema|themen|schlagwort|rubrique|etiqueta|categoria|page|latest|newest|all)(?:/[^/]{1,60}){0,2}/?$|/index\.\w+$|/page/\d+/?$"
)
