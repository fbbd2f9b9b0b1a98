# SPDX-License-Identifier: EUPL-1.2
"""Made-up words that combine into names, places and titles. Nobody and no place is meant."""


def _parts(text: str, mark: str | None = None) -> list[str]:
    return [" ".join(part.split()) for part in text.split(mark)]


FIRST_NAMES = _parts("""
Aicha Anouk Arjen Bas Bilal Bram Carlijn Chantal Daan Demi Dilara Eline Emre Esther Fatima Femke Floor Freek
Gijs Hanneke Hugo Ilse Imane Jasper Jelle Jolanda Kees Koen Laila Lars Lieke Lotte Maarten Maud Mehmet Merel
Mila Mohamed Nadia Niels Noor Olga Omar Pieter Puck Quinten Rachid Renske Ruben Sanne Sem Sietske Stijn Tess
Thijs Tim Ugur Vera Wouter Xandra Yara Youssef Yvonne Zeynep
""")

LAST_NAMES = _parts(
    """
    Akkerman, Bakker, van den Berg, de Boer, Bos, Bouzid, van Dam, Demir, van Dijk, Dekker, El Amrani, Faber,
    Groen, de Groot, de Haan, Hendriks, Hoekstra, Huisman, Jacobs, Jansen, de Jong, Kaya, de Koning, Kramer,
    Kuipers, van Leeuwen, Maas, Meijer, Mulder, Nguyen, van der Meulen, Öztürk, Peters, Pinas, Postma, Prins,
    de Ruiter, Sahin, Schouten, Smit, Smits, Tahiri, van Vliet, Verhoeven, Vermeulen, Visser, de Vries,
    van der Wal, Wiersma, de Wit, Yilmaz, Zijlstra
    """,
    ",",
)

FUNCTIONS = [
    "beleidsmedewerker",
    "projectleider",
    "communicatieadviseur",
    "jurist",
    "data-analist",
    "informatiebeheerder",
    "teamleider",
    "vergunningverlener",
    "inkoper",
    "",
]

PLACE_STARTS = _parts("""
Ooster Wester Noorder Zuider Nieuw Oud Hooge Laag Middel Grote Kleine Vaart Linde Eiken Beuken Wilgen Zand
Veen Klei Duin Water Molen Kerk Berken Elzen
""")

PLACE_ENDS = _parts("""
broek dijk dam horst huizen kerk loo meer mond oord polder rade schoten sluis stede veen veld voort waard
woude zand zijl
""")

#: (kind, layer, name) and how often of every hundred.
ORGANISATIONS = [
    ("gemeente", "gemeente", "Gemeente {place}", 60),
    ("waterschap", "waterschap", "Waterschap {place}", 6),
    ("provincie", "provincie", "Provincie {place}", 3),
    ("ministerie", "rijk", "Ministerie van {place}", 4),
    ("agentschap", "rijk", "Dienst {place}", 8),
    ("zbo", "zbo", "Bureau {place}", 6),
    ("omgevingsdienst", "gemeenschappelijke_regeling", "Omgevingsdienst {place}", 6),
    ("ggd", "gemeenschappelijke_regeling", "GGD {place}", 4),
    ("veiligheidsregio", "veiligheidsregio", "Veiligheidsregio {place}", 3),
]

#: Only used when the database has no themes yet: slug, name, tint, icon, subjects.
THEMES = [
    ("schrijven", "Schrijven", "schrijven", "pen-line"),
    ("digitaal-werken", "Digitaal werken", "digitaal", "laptop"),
    ("data", "Data", "data", "chart-column"),
    ("gesprek-en-team", "Gesprek en team", "gesprek", "message-circle"),
    ("gezond-werken", "Gezond werken", "gezond", "bike"),
    ("recht-en-woo", "Recht en Woo", "recht", "scale"),
]

VERBS = _parts(
    """
Begin met|Leer|Oefen|Verbeter|Begrijp|Ontdek|Aan de slag met|In een uur wegwijs in|Praktisch:|Sneller met
""",
    "|",
)

SUBJECTS = _parts(
    """
heldere brieven|besluiten die standhouden|vergaderen zonder gedoe|een goed Woo-verzoek|draaitabellen|
open data van je eigen organisatie|feedback geven|luisteren naar inwoners|toegankelijke documenten|
de Omgevingswet|inkopen onder de drempel|archiveren terwijl je werkt|datavisualisatie|kunstmatige intelligentie|
scherp formuleren|staand werken|een raadsvoorstel|de begroting lezen|projectmatig werken|mediation|
veilig omgaan met persoonsgegevens|een participatieproces|presenteren|gespreksvoering|formulieren die kloppen|
werken met kaarten|je agenda|het sociaal domein|subsidies|duurzaam inkopen
""",
    "|",
)

AUDIENCES = _parts(
    """
voor beginners|voor projectleiders|voor juristen|voor wie weinig tijd heeft|in de praktijk|met je eigen voorbeeld|
voor het hele team|stap voor stap|voor wie er tegenop ziet|voor gevorderden
""",
    "|",
)

PROMISES = [
    "Je gaat weg met een voorbeeld dat je morgen gebruikt.",
    "Je doet het één keer samen en daarna zelf.",
    "Je weet waar je op moet letten en wie je kunt bellen.",
    "Je maakt het in een uur af, met hulp van een collega.",
]

SENTENCES = [
    "Ik kan er morgen mee aan de slag.",
    "Fijn om te zien hoe een ander het doet.",
    "Duidelijk verteld, veel voorbeelden.",
    "Het mocht best wat langer duren.",
    "",
    "",
]

QUESTIONS = ["Hoe begin je?", "Wat doe je als het niet lukt?", "Werkt dit ook bij ons?"]
