"""Each language says the same things: urban sentences carry core or system concepts, others do not."""

import pytest

from ndc_urban.lexicon import load_lexicon

LEXICON = load_lexicon()

# For each language the same sentences, each with concepts that it must carry.
URBAN = {
    "en": [
        ("Local governments will prepare urban development plans.", {"local_government", "urban_planning"}),
        ("A second metro line and rapid bus corridors (BRT) are planned.", {"metro_rail", "brt"}),
        ("Methane from landfills will be captured.", {"landfill", "methane"}),
        ("Residents of informal settlements are exposed to floods.", {"informal_settlement", "flood"}),
        ("LED lamps replace old street lighting in towns.", {"street_lighting", "city"}),
        ("Storm drains and sewers will be renewed in the capital.", {"drainage", "sewerage", "capital_city"}),
        ("Parks and green spaces reduce urban heat islands.", {"green_space", "urban_heat"}),
        ("New building codes save energy.", {"building_code"}),
        ("District heating networks lose less heat.", {"district_energy"}),
    ],
    "fr": [
        (
            "Les collectivités locales élaboreront des plans d'urbanisme.",
            {"local_government", "urban_planning"},
        ),
        (
            "Une deuxième ligne de métro et des bus à haut niveau de service sont prévues.",
            {"metro_rail", "brt"},
        ),
        ("Le méthane des décharges sera capté.", {"landfill", "methane"}),
        (
            "Les habitants des quartiers précaires sont exposés aux inondations.",
            {"informal_settlement", "flood"},
        ),
        ("Des lampes LED remplacent l'éclairage public dans les villes.", {"street_lighting", "city"}),
        (
            "Les caniveaux et les égouts seront rénovés dans la capitale.",
            {"drainage", "sewerage", "capital_city"},
        ),
        ("Les parcs et les espaces verts réduisent les îlots de chaleur.", {"green_space", "urban_heat"}),
        ("De nouveaux codes de construction économisent l'énergie.", {"building_code"}),
        ("Les réseaux de chaleur perdent moins.", {"district_energy"}),
    ],
    "es": [
        (
            "Los gobiernos locales prepararán planes de desarrollo urbano.",
            {"local_government", "urban_planning"},
        ),
        ("Se prevé una segunda línea de metro y carriles exclusivos (BRT).", {"metro_rail", "brt"}),
        ("Se capturará el metano de los rellenos sanitarios.", {"landfill", "methane"}),
        (
            "Los habitantes de asentamientos informales están expuestos a inundaciones.",
            {"informal_settlement", "flood"},
        ),
        ("Lámparas LED para el alumbrado público de las ciudades.", {"street_lighting", "city"}),
        (
            "Se renovarán el drenaje pluvial y el alcantarillado de la capital.",
            {"drainage", "sewerage", "capital_city"},
        ),
        ("Los parques y áreas verdes reducen las islas de calor.", {"green_space", "urban_heat"}),
        ("Nuevos códigos de construcción ahorran energía.", {"building_code"}),
        ("La calefacción urbana pierde menos calor.", {"district_energy"}),
    ],
    "ar": [
        ("ستعد السلطات المحلية خططا للتنمية الحضرية.", {"local_government", "urban_planning"}),
        ("من المقرر إنشاء خط ثان للمترو وحافلات النقل السريع.", {"metro_rail", "brt"}),
        ("سيتم جمع غاز الميثان من مطامر النفايات.", {"landfill", "methane"}),
        ("سكان المناطق العشوائية معرضون للفيضانات.", {"informal_settlement", "flood"}),
        ("استخدام مصابيح موفرة في إنارة الشوارع بالمدن.", {"street_lighting", "city"}),
        ("تجديد شبكات تصريف مياه الأمطار والمجاري في العاصمة.", {"drainage", "sewerage", "capital_city"}),
        ("الحدائق والمساحات الخضراء تخفف من الجزر الحرارية.", {"green_space", "urban_heat"}),
        ("كودات البناء الجديدة توفر الطاقة.", {"building_code"}),
        ("تبريد المناطق يستهلك طاقة أقل.", {"district_energy"}),
    ],
    "ru": [
        (
            "Органы местного самоуправления подготовят планы развития городов.",
            {"local_government", "urban_planning"},
        ),
        ("Планируются вторая линия метро и система скоростных автобусов.", {"metro_rail", "brt"}),
        ("Метан с полигонов отходов будет собираться.", {"landfill", "methane"}),
        ("Жители трущоб подвержены наводнениям.", {"informal_settlement", "flood"}),
        ("Светодиоды для уличного освещения в городах.", {"street_lighting", "city"}),
        ("В столице обновят ливневую канализацию и дренаж.", {"drainage", "sewerage", "capital_city"}),
        ("Парки и зелёные насаждения ослабляют острова тепла.", {"green_space", "urban_heat"}),
        ("Новые строительные нормы экономят энергию.", {"building_code"}),
        ("Централизованное теплоснабжение теряет меньше тепла.", {"district_energy"}),
    ],
    "zh": [
        ("地方政府将编制城市发展规划。", {"local_government", "urban_planning"}),
        ("计划修建第二条地铁线和快速公交系统。", {"metro_rail", "brt"}),
        ("将收集垃圾填埋场的甲烷。", {"landfill", "methane"}),
        ("贫民窟居民易受洪水影响。", {"informal_settlement", "flood"}),
        ("城镇路灯改用节能灯。", {"street_lighting", "city"}),
        ("更新首都的排水和污水管网。", {"drainage", "sewerage", "capital_city"}),
        ("公园和绿地可以缓解热岛效应。", {"green_space", "urban_heat"}),
        ("新的建筑规范可以节约能源。", {"building_code"}),
        ("集中供热减少热损失。", {"district_energy"}),
    ],
}

NOT_URBAN = {
    "en": [
        "Farmers in the villages plant trees on their pastures.",
        "Hydropower and wind energy replace coal in the national grid.",
        "Fisheries suffer from the warming of the ocean.",
        "Technology transfer and capacity building need finance.",
    ],
    "fr": [
        "Les agriculteurs des villages plantent des arbres sur leurs pâturages.",
        "L'hydroélectricité et l'éolien remplacent le charbon dans le réseau national.",
        "La pêche souffre du réchauffement de l'océan.",
        "Le transfert de technologie et le renforcement des capacités demandent des moyens.",
    ],
    "es": [
        "Los agricultores de las aldeas plantan árboles en sus pastizales.",
        "La energía hidroeléctrica y eólica sustituyen al carbón en la red nacional.",
        "La pesca sufre por el calentamiento del océano.",
        "Los ciudadanos necesitan transferencia de tecnología y capacitación.",
    ],
    "ar": [
        "يزرع المزارعون في القرى محاصيل جديدة.",
        "تحل الطاقة الكهرومائية وطاقة الرياح محل الفحم.",
        "تتأثر مصايد الأسماك بارتفاع حرارة المحيط.",
        "نقل التكنولوجيا وبناء القدرات يحتاجان إلى التمويل.",
    ],
    "ru": [
        "Фермеры в деревнях сажают деревья на пастбищах.",
        "Гидроэнергия и ветер заменяют уголь в национальной энергосистеме.",
        "Рыболовство страдает от потепления океана.",
        "Передача технологий и укрепление потенциала требуют средств.",
    ],
    "zh": [
        "农民在村里种树。",
        "水电和风电替代煤炭。",
        "渔业受海洋变暖影响。",
        "技术转让和能力建设需要资金。",
    ],
}


def concepts(text: str, language: str) -> set[str]:
    return {match.concept for match in LEXICON.find(text, language)}


def urban(names: set[str]) -> set[str]:
    return {name for name in names if LEXICON.concepts[name].strength in {"core", "system"}}


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [(language, *case) for language, cases in URBAN.items() for case in cases],
)
def test_urban_sentences_carry_their_concepts(language, sentence, expected):
    found = concepts(sentence, language)
    assert expected <= found
    assert urban(found)


@pytest.mark.parametrize(
    ("language", "sentence"), [(language, text) for language, texts in NOT_URBAN.items() for text in texts]
)
def test_other_sentences_carry_no_urban_concept(language, sentence):
    assert urban(concepts(sentence, language)) == set()


@pytest.mark.parametrize("language", URBAN)
def test_languages_agree_on_the_same_sentences(language):
    shared = []
    for (english, _), (sentence, _) in zip(URBAN["en"], URBAN[language], strict=True):
        here, there = concepts(sentence, language), concepts(english, "en")
        shared.append(len(here & there) / len(here | there))
    assert sum(shared) / len(shared) >= 0.4
