"""Invented news in other languages for tests: the articles, questions they answer, and questions they do not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Abroad:
    """One article. `asked` has questions, each with words of the answering sentence; `unanswered` has no answer anywhere."""

    id: str
    language: str
    title: str
    text: str
    asked: tuple[tuple[str, str], ...]
    unanswered: str = ""


ARTICLES = (
    Abroad(
        "de-bridge", "de", "Rheinbrücke bei Altwied öffnet im September",
        "Die gesperrte Rheinbrücke bei Altwied wird ab dem 4. September wieder für den Verkehr freigegeben. Das teilte der Landesbetrieb "
        "Straßenbau am Montag mit. Die Sanierung der Brücke hat 18,5 Millionen Euro gekostet, drei Millionen mehr als geplant.\n\n"
        "Bürgermeisterin Heike Brandt sprach von einer großen Erleichterung für die Pendler. Lastwagen über 40 Tonnen dürfen die "
        "Brücke auch künftig nicht befahren. Im 19. Jahrhundert stand an dieser Stelle eine Fähre.",
        (
            ("Wann wird die Rheinbrücke wieder freigegeben?", "ab dem 4. September wieder für den Verkehr"),
            ("Wie viel hat die Sanierung der Brücke gekostet?", "18,5 Millionen Euro"),
            ("Welche Lastwagen dürfen die Brücke nicht befahren?", "über 40 Tonnen"),
        ),
        "Wer hat die neue Straßenbahn in Altwied entworfen?",
    ),
    Abroad(
        "de-library", "de", "Stadtbücherei Lindau verleiht jetzt auch Werkzeug",
        "Die Stadtbücherei in Lindau verleiht seit dieser Woche auch Bohrmaschinen und Sägen. Die Idee stammt von der Bibliothekarin "
        "Petra Ostermann. Ein Werkzeug darf zwei Wochen lang behalten werden, das Ausleihen ist kostenlos.\n\n"
        "Am ersten Tag kamen 212 Besucher. Der Andrang war so groß, dass fünf Geräte nachbestellt wurden.",
        (
            ("Von wem stammt die Idee der Bücherei?", "Petra Ostermann"),
            ("Wie viele Besucher kamen am ersten Tag?", "212 Besucher"),
            ("Wie lange darf ein Werkzeug behalten werden?", "zwei Wochen lang"),
        ),
    ),
    Abroad(
        "fr-museum", "fr", "Le musée de Valmont rouvre ses portes",
        "Le musée des beaux-arts de Valmont rouvrira le 12 mars après deux ans de travaux. Les réparations du toit ont coûté 2,4 millions "
        "d'euros. M. Delcourt, le directeur, a promis une entrée gratuite le premier dimanche de chaque mois.\n\n"
        "Un tableau volé en 1998 a été retrouvé dans une cave de Lyon. La police n'a arrêté personne.",
        (
            ("Quand le musée de Valmont rouvrira-t-il ?", "rouvrira le 12 mars"),
            ("Combien ont coûté les réparations du toit ?", "2,4 millions"),
            ("Où le tableau volé a-t-il été retrouvé ?", "une cave de Lyon"),
        ),
        "Qui a remporté le tournoi de tennis de Valmont ?",
    ),
    Abroad(
        "fr-train", "fr", "Grève des trains : un accord à Saint-Brès",
        "Les conducteurs de la ligne de Saint-Brès ont mis fin à leur grève jeudi soir. L'accord prévoit une hausse des salaires de 3,2 %. "
        "La grève avait duré onze jours et privé 40 000 voyageurs de train.\n\n"
        "La déléguée syndicale Anne Morvan a salué une victoire. Le trafic redeviendra normal samedi.",
        (
            ("Quelle hausse des salaires l'accord prévoit-il ?", "3,2 %"),
            ("Combien de jours la grève a-t-elle duré ?", "onze jours"),
            ("Quand le trafic redeviendra-t-il normal ?", "normal samedi"),
        ),
    ),
    Abroad(
        "es-dam", "es", "La presa de Montelar vuelve a llenarse",
        "La presa de Montelar alcanzó el 81 por ciento de su capacidad tras las lluvias de abril. La ingeniera Lucía Ferrer dirige las obras "
        "de refuerzo del muro. Las obras costarán 6 millones de euros y terminarán en noviembre.\n\n"
        "El ayuntamiento levantó las restricciones de agua en nueve municipios. Los agricultores pidieron más ayudas.",
        (
            ("¿Quién dirige las obras de refuerzo del muro?", "Lucía Ferrer"),
            ("¿Cuánto costarán las obras?", "6 millones"),
            ("¿En cuántos municipios levantó el ayuntamiento las restricciones de agua?", "nueve municipios"),
        ),
        "¿Quién ganó las elecciones de Montelar?",
    ),
    Abroad(
        "es-market", "es", "Un incendio destruye el mercado de Pinares",
        "Un incendio destruyó el martes el mercado central de Pinares. Los bomberos tardaron seis horas en apagar las llamas. Nadie resultó "
        "herido, según la alcaldesa Rosa Iborra.\n\n"
        "El fuego empezó en un puesto de flores por un fallo eléctrico. Los comerciantes venderán en la plaza hasta junio.",
        (
            ("¿Cuántas horas tardaron los bomberos en apagar las llamas?", "seis horas"),
            ("¿Dónde empezó el fuego?", "un puesto de flores"),
            ("¿Hasta cuándo venderán los comerciantes en la plaza?", "hasta junio"),
        ),
    ),
    Abroad(
        "ru-bridge", "ru", "Мост через Каменку открыли в Заречье",
        "Новый мост через реку Каменку открыли в Заречье 4 сентября 2025 г. Строительство моста обошлось в 320 млн рублей. Проект "
        "разработал инженер Павел Сомов.\n\n"
        "Движение грузовиков по мосту запрещено до весны. Мэр города обещал построить рядом велосипедную дорожку.",
        (
            ("Когда открыли новый мост в Заречье?", "4 сентября 2025 г."),
            ("Кто разработал проект моста?", "Павел Сомов"),
            ("Во сколько обошлось строительство моста?", "320 млн рублей"),
        ),
        "Кто выиграл чемпионат по хоккею?",
    ),
    Abroad(
        "ru-school", "ru", "Школа в Берёзовке получила обсерваторию",
        "В сельской школе Берёзовки заработала собственная обсерватория. Телескоп подарил школе астроном Олег Лавров. Каждую пятницу "
        "обсерватория открыта для всех жителей села.\n\n"
        "За первый месяц её посетили 640 человек. Купол обсерватории ученики собрали сами.",
        (
            ("Кто подарил школе телескоп?", "Олег Лавров"),
            ("Сколько человек посетили обсерваторию за первый месяц?", "640 человек"),
            ("Кто собрал купол обсерватории?", "ученики собрали сами"),
        ),
    ),
    Abroad(
        "ar-port", "ar", "ميناء الرملة يستأنف العمل",
        "استأنف ميناء الرملة العمل يوم الأحد بعد إضراب استمر تسعة أيام. وقال مدير الميناء سامي الحداد إن السفن ستعود تدريجيا. وبلغت خسائر "
        "الإضراب 12 مليون دينار.\n\n"
        "وافقت النقابة على زيادة الأجور بنسبة خمسة في المئة. ولم يصب أحد خلال الاحتجاجات.",
        (
            ("متى استأنف ميناء الرملة العمل؟", "يوم الأحد"),
            ("كم بلغت خسائر الإضراب؟", "12 مليون دينار"),
            ("من هو مدير الميناء؟", "سامي الحداد"),
        ),
        "من فاز ببطولة كرة القدم؟",
    ),
    Abroad(
        "ar-well", "ar", "بئر جديدة في قرية الزيتونة",
        "حفر المهندسون بئرا جديدة في قرية الزيتونة على عمق 140 مترا. وتمول المشروع جمعية النخيل الخيرية. وستوفر البئر المياه لثلاثة آلاف "
        "من السكان.\n\n"
        "وقالت المهندسة ليلى منصور إن المياه صالحة للشرب. وتنتهي أعمال الأنابيب في أكتوبر.",
        (
            ("على أي عمق حفر المهندسون البئر؟", "140 مترا"),
            ("ما الجمعية التي تمول المشروع؟", "جمعية النخيل"),
            ("متى تنتهي أعمال الأنابيب؟", "أكتوبر"),
        ),
    ),
    Abroad(
        "hi-bridge", "hi", "नंदपुर में नया पुल खुला",
        "नंदपुर में नदी पर बना नया पुल सोमवार को खुल गया। पुल के निर्माण पर 45 करोड़ रुपये खर्च हुए। पुल का नक्शा इंजीनियर मीरा जोशी ने बनाया था।\n\n"
        "भारी ट्रकों को पुल पर चलने की अनुमति नहीं है। जिला अधिकारी ने कहा कि सड़क की मरम्मत दिसंबर तक पूरी होगी।",
        (
            ("पुल के निर्माण पर कितने रुपये खर्च हुए?", "45 करोड़ रुपये"),
            ("पुल का नक्शा किसने बनाया था?", "मीरा जोशी"),
            ("सड़क की मरम्मत कब तक पूरी होगी?", "दिसंबर तक"),
        ),
        "क्रिकेट प्रतियोगिता किसने जीती?",
    ),
    Abroad(
        "ja-bridge", "ja", "港大橋、9月4日に再開へ",
        "港市は月曜日、閉鎖されていた港大橋を9月4日に再開すると発表した。修理の費用は3億5千万円だった。設計は技師の田村恵子さんが担当した。\n\n"
        "大型トラックの通行は来年の春まで禁止される。「市民に長く待ってもらった」と佐藤市長は語った。",
        (
            ("港大橋はいつ再開しますか？", "9月4日に再開する"),
            ("修理の費用はいくらでしたか？", "3億5千万円"),
            ("大型トラックの通行はいつまで禁止されますか？", "来年の春まで"),
        ),
        "野球の優勝チームはどこですか？",
    ),
    Abroad(
        "ja-school", "ja", "山里小学校でリンゴの収穫",
        "山里小学校の児童が木曜日、学校の畑でリンゴを収穫した。今年は420個のリンゴが採れた。苗木は農家の小林正さんが寄付した。\n\n"
        "収穫したリンゴは町の老人ホームに贈られる。来年は梨も植える予定だ。",
        (
            ("リンゴは何個採れましたか？", "420個"),
            ("苗木は誰が寄付しましたか？", "小林正"),
            ("収穫したリンゴはどこに贈られますか？", "老人ホーム"),
        ),
    ),
    Abroad(
        "zh-bridge", "zh", "青河大桥九月重新开通",
        "青河市政府周一宣布，关闭两年的青河大桥将于9月4日重新开通。维修工程耗资3.5亿元。大桥由工程师林若兰设计。\n\n"
        "重型卡车在明年春天之前禁止通行。市长说，市民等待的时间太长了。",
        (
            ("青河大桥什么时候重新开通？", "9月4日重新开通"),
            ("维修工程耗资多少？", "3.5亿元"),
            ("大桥是谁设计的？", "林若兰"),
        ),
        "足球比赛的冠军是谁？",
    ),
    Abroad(
        "zh-library", "zh", "云坪图书馆延长夜间开放时间",
        "云坪图书馆从下周起每天开放到午夜。馆长周志远说，学生提出了这个要求。图书馆为此新聘了六名员工。\n\n"
        "去年共有38万人次走进图书馆。地下停车场仍在施工。",
        (
            ("图书馆新聘了多少名员工？", "六名员工"),
            ("去年有多少人次走进图书馆？", "38万人次"),
            ("云坪图书馆的馆长是谁？", "周志远"),
        ),
    ),
    Abroad(
        "ko-ferry", "ko", "한빛섬 여객선 운항 재개",
        "한빛섬을 오가는 여객선이 9월 4일 운항을 재개한다. 선박 수리 비용은 3억 5천만 원이었다. 새 선장은 박서연 씨가 맡는다.\n\n"
        "차량 운송은 내년 봄까지 금지된다. 섬 주민들은 재개를 환영했다.",
        (
            ("여객선은 언제 운항을 재개하나요?", "9월 4일 운항을 재개한다"),
            ("선박 수리 비용은 얼마였나요?", "3억 5천만 원"),
            ("차량 운송은 언제까지 금지되나요?", "내년 봄까지"),
        ),
        "야구 경기에서 누가 이겼나요?",
    ),
    Abroad(
        "de-zoo", "de", "Pinguine ziehen in den Tierpark Brelow um",
        "Vierzehn Pinguine sind am Mittwoch in den Tierpark Brelow umgezogen. Ihr altes Gehege in Norden war zu klein geworden. Tierpflegerin "
        "Jana Kohl betreut die Gruppe seit zehn Jahren.\n\n"
        "Die neue Anlage wurde mit Spenden in Höhe von 900.000 Euro bezahlt. Ab dem 1. Mai können Besucher die Tiere sehen. Der Eintritt "
        "bleibt bei 12 Euro.",
        (
            ("Wie viele Pinguine sind nach Brelow umgezogen?", "Vierzehn Pinguine"),
            ("Wer betreut die Gruppe?", "Jana Kohl"),
            ("Ab wann können Besucher die Tiere sehen?", "1. Mai"),
        ),
        "Wie heißt der Direktor des Tierparks Brelow?",
    ),
    Abroad(
        "fr-river", "fr", "La Sarine déborde à Fontbrune",
        "La Sarine est sortie de son lit dans la nuit de lundi à Fontbrune. Environ 300 habitants ont été évacués vers le gymnase. La maire, "
        "Mme Claire Vasseur, a demandé l'aide de l'armée.\n\n"
        "L'eau a atteint 4,1 mètres, un record depuis 1955. L'école restera fermée jusqu'à jeudi. Aucun blessé n'est à déplorer.",
        (
            ("Combien d'habitants ont été évacués ?", "300 habitants"),
            ("Qui a demandé l'aide de l'armée ?", "Claire Vasseur"),
            ("Jusqu'à quand l'école restera-t-elle fermée ?", "jusqu'à jeudi"),
        ),
        "Combien de voitures ont été détruites à Fontbrune ?",
    ),
    Abroad(
        "es-wine", "es", "La cosecha de uva de Valseco cae a la mitad",
        "La cosecha de uva en Valseco ha caído un 48 por ciento por la sequía. El presidente de la cooperativa, Julián Ortega, teme que "
        "cierren diez bodegas. La vendimia empezó el 20 de agosto, dos semanas antes de lo habitual.\n\n"
        "El gobierno regional prometió ayudas de 15 millones de euros. Los precios del vino subirán en enero.",
        (
            ("¿Cuándo empezó la vendimia?", "20 de agosto"),
            ("¿Qué ayudas prometió el gobierno regional?", "15 millones"),
            ("¿Por qué ha caído la cosecha de uva?", "por la sequía"),
        ),
        "¿Cuántos trabajadores emplea la cooperativa de Valseco?",
    ),
    Abroad(
        "ru-park", "ru", "В Озерске посадили тысячу деревьев",
        "Жители Озерска посадили в субботу тысячу лип и клёнов. Саженцы бесплатно передал питомник из Тулы. Новый парк назовут в честь врача "
        "Анны Горской.\n\n"
        "Фонтан в парке заработает в июне. На скамейки и дорожки город потратил 14 млн рублей.",
        (
            ("В честь кого назовут новый парк?", "Анны Горской"),
            ("Когда заработает фонтан в парке?", "в июне"),
            ("Сколько денег потратил город на скамейки и дорожки?", "14 млн рублей"),
        ),
        "Кто построил фонтан в парке?",
    ),
    Abroad(
        "ar-museum", "ar", "متحف السلام يفتح أبوابه مجانا",
        "يفتح متحف السلام أبوابه مجانا كل يوم جمعة ابتداء من مارس. وأعلنت مديرة المتحف هدى الكيلاني القرار يوم الثلاثاء. وزار المتحف 90 ألف "
        "شخص في العام الماضي.\n\n"
        "ويعرض المتحف سفينة خشبية عمرها ألفا عام. وسيضاف مقهى جديد في الصيف.",
        (
            ("من أعلنت القرار يوم الثلاثاء؟", "هدى الكيلاني"),
            ("كم شخصا زار المتحف في العام الماضي؟", "90 ألف"),
            ("ماذا سيضاف في الصيف؟", "مقهى جديد"),
        ),
        "كم يبلغ راتب مديرة المتحف؟",
    ),
    Abroad(
        "ja-train", "ja", "北浜線、新型車両を導入",
        "北浜鉄道は来月から新型車両を12両導入する。車両は最高時速130キロで走る。デザインは画家の森川葉子さんが手がけた。\n\n"
        "運賃は据え置かれる。古い車両は博物館で保存される予定だ。",
        (
            ("新型車両は何両導入されますか？", "12両"),
            ("デザインは誰が手がけましたか？", "森川葉子"),
            ("古い車両はどこで保存されますか？", "博物館"),
        ),
        "北浜鉄道の社長は誰ですか？",
    ),
    Abroad(
        "zh-tea", "zh", "雨山茶农迎来丰收",
        "雨山县今年春茶产量达到820吨，比去年增加两成。合作社负责人陈桂芳说，雨水充足是主要原因。新茶每公斤售价为260元。\n\n"
        "县政府将在5月10日举办茶叶节。来自外地的采茶工人有一千多名。",
        (
            ("雨山县今年的春茶产量是多少？", "820吨"),
            ("茶叶节什么时候举办？", "5月10日"),
            ("新茶每公斤卖多少钱？", "260元"),
        ),
        "雨山县有多少人口？",
    ),
    Abroad(
        "ko-park", "ko", "은솔시에 새 도서관 개관",
        "은솔시는 월요일 시청 옆에 새 도서관을 열었다. 건물은 건축가 이도현 씨가 설계했다. 공사비는 210억 원이 들었다.\n\n"
        "도서관은 밤 10시까지 문을 연다. 어린이 열람실은 다음 달에 공개된다.",
        (
            ("건물은 누가 설계했나요?", "이도현"),
            ("공사비는 얼마가 들었나요?", "210억 원"),
            ("어린이 열람실은 언제 공개되나요?", "다음 달"),
        ),
        "도서관에는 책이 몇 권 있나요?",
    ),
)  # fmt: skip


def write_abroad(folder: Path) -> Path:
    """The articles as a JSONL file that does not state their languages."""
    path = folder / "abroad.jsonl"
    rows = ({"id": one.id, "title": one.title, "text": one.text, "outlet": "Test"} for one in ARTICLES)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path
