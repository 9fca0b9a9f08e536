"""Questions about many subjects, each in two wordings: everyday ones and ones in the form of
generated facts.

`fit_router` uses them for two purposes. They show how wordings of one question differ if a fact has
only one wording, and they stand for questions that a memory must not answer when the threshold is
calibrated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mome.linking.names import all_stems, stem

FORMS_OF_A_SUBJECT = 6
"""Number of `FORMS` asked about each subject; more make a tune longer and change little."""


def background(wordings: Iterable[str]) -> list[tuple[str, str]]:
    """Return questions that are unrelated to facts with these `wordings`; subjects that they
    mention are left out.
    """
    said = all_stems(wordings)
    return [
        *EVERYDAY,
        *_asked([subject for subject in SUBJECTS if stem(subject[0].split()[-1]) not in said]),
    ]


def _asked(subjects: Iterable[tuple[str, str, str, str]]) -> Iterator[tuple[str, str]]:
    """Return some forms of each subject in turn."""
    for first, words in enumerate(subjects):
        for place in range(first, first + FORMS_OF_A_SUBJECT):
            one, other = FORMS[place % len(FORMS)]
            yield one.format(*words), other.format(*words)


EVERYDAY: tuple[tuple[str, str], ...] = (
    (
        "How many passengers missed their connection last week?",
        "Number of travellers whose connecting flight left without them",
    ),
    (
        "Which greenhouse used the most water in July?",
        "In July, what greenhouse had the highest water consumption?",
    ),
    (
        "List the violinists who joined after 2015.",
        "Show me every violin player that became a member later than 2015",
    ),
    (
        "What is the average wait in the emergency room?",
        "How long do patients wait in the ER on average?",
    ),
    ("Show the lighthouses taller than 40 metres.", "Find lighthouses with a height above 40 m"),
    ("Who has the oldest library card?", "Name the person whose library card was issued first"),
    (
        "What share of parcels arrived damaged?",
        "Percentage of packages that were broken on arrival",
    ),
    ("Give the names of vineyards in alphabetical order.", "List all vineyards sorted by name"),
    (
        "How much electricity did the ferry terminal use per day?",
        "Daily power consumption of the ferry terminal",
    ),
    (
        "Which referee gave the most red cards?",
        "What is the name of the referee with the largest number of red cards?",
    ),
    ("Are there any apartments with two balconies?", "Do we have flats that have two balconies?"),
    ("Count the beehives in each orchard.", "For every orchard, how many beehives are there?"),
    (
        "What was the heaviest cargo loaded in Rotterdam?",
        "Find the maximum weight of a load taken on in Rotterdam",
    ),
    ("Which podcasts have no episodes?", "List podcasts that never published an episode"),
    (
        "When did the last earthquake above magnitude six happen?",
        "Date of the most recent quake stronger than magnitude 6",
    ),
    (
        "Show tenants who pay more than the median rent.",
        "Which renters have a rent over the median?",
    ),
    (
        "What are the ingredients of the cheapest dessert?",
        "For the dessert with the lowest price, list its ingredients",
    ),
    ("How many night shifts did each nurse work?", "Number of night duties per nurse"),
    (
        "Which glaciers have retreated since 1990?",
        "List the glaciers that became shorter after 1990",
    ),
    (
        "What is the phone number of the plumber in charge?",
        "Give me the contact number for the responsible plumber",
    ),
    ("List the chess openings that never lost.", "Which openings in chess have zero defeats?"),
    (
        "How many kilometres of cycle path does every district have?",
        "Total length of bicycle lanes by district",
    ),
    (
        "What fraction of the seedlings survived the frost?",
        "Share of young plants that were still alive after the freeze",
    ),
    (
        "Which satellites were launched by two countries together?",
        "Name satellites that had a joint launch of two nations",
    ),
    ("Show the five longest novels.", "What are the top 5 novels by number of pages?"),
    ("Who repaired the elevator most recently?", "Name the technician of the latest lift repair"),
    (
        "What is the salinity of the bay in winter?",
        "How salty is the bay's water during the winter months?",
    ),
    (
        "Which insurance claims are still open after 90 days?",
        "List claims that have not been closed within ninety days",
    ),
    (
        "How many puppies were adopted in spring?",
        "Count of young dogs that found a home in the spring",
    ),
    (
        "Find tunnels that are older than the bridge next to them.",
        "Which tunnels were built before their neighbouring bridge?",
    ),
    ("What does the museum charge for a child?", "Price of a museum ticket for children"),
    (
        "Which subtitles are missing in Portuguese?",
        "List the Portuguese subtitles that we do not have",
    ),
    ("Give the total donations of every charity.", "Sum of money donated, grouped by charity"),
    ("How fast was the quickest lap?", "What is the speed of the fastest lap?"),
    (
        "Which antennas lost contact during the storm?",
        "List antennas that were offline while the storm lasted",
    ),
    (
        "What colour are the ambulances in the north?",
        "Show the paint colour of northern ambulances",
    ),
    (
        "Name the potters whose vases were sold abroad.",
        "Which ceramic artists sold vases in foreign countries?",
    ),
    ("How many coupons expired without being used?", "Number of vouchers that ran out unused"),
    (
        "Which reservoirs are less than half full?",
        "List reservoirs whose level is below 50 percent",
    ),
    ("What is the most frequent cause of train delays?", "Why are trains late most often?"),
    (
        "Show the astronomers who discovered several comets.",
        "Astronomers with more than one comet discovery",
    ),
    ("What tax applies to imported timber?", "Which rate of duty is charged on wood from abroad?"),
    ("Which kindergartens have places left?", "List nurseries that can still take children"),
    ("How old was the youngest champion?", "Age of the youngest person to win the title"),
    ("Find invoices written twice for the same carpet.", "Which carpets were billed two times?"),
    ("What medicines must not be taken with milk?", "List drugs that are incompatible with dairy"),
    (
        "Which volcanoes erupted in the same year?",
        "Show volcanoes whose eruptions fall in one year",
    ),
    (
        "How many seats does the smallest theatre have?",
        "Capacity of the theatre with the fewest seats",
    ),
)

FORMS: tuple[tuple[str, str], ...] = (
    ("How many {1} are there?", "Count the {1}."),
    ("How many {1} do we have?", "What is the total number of {1}?"),
    ("List the names of all {1}.", "Show the name of every {0}"),
    ("Which {0} has the most {2}?", "the {0} with the largest number of {2}"),
    ("How many {2} does each {0} have?", "number of {2} per {0}"),
    ("Which {1} have no {2}?", "Find the {1} that do not have any {2}."),
    ("What is the average {3} of the {1}?", "mean {3} of all {1}"),
    ("List the {1} ordered by {3}.", "{1} sorted by their {3}"),
    ("Which {1} have a {3} above 200?", "Find {1} whose {3} is greater than 200"),
    ("What is the most common {3} among the {1}?", "Which {3} do most {1} have?"),
    ("Show everything we know about {1}.", "all information on the {1}"),
    ("Which {0} has the highest {3}?", "What is the {0} with the largest {3}?"),
    ("What are the different values of {3} of {1}?", "distinct {3} of the {1}"),
    ("Show the names of {1} with at least two {2}.", "Which {1} have more than one of the {2}?"),
)
"""Question forms about a subject, in two wordings."""

SUBJECTS: tuple[tuple[str, str, str, str], ...] = (
    ("airport", "airports", "runway", "elevation"),
    ("teacher", "teachers", "pupils", "age"),
    ("conductor", "conductors", "concerts", "fee"),
    ("template", "templates", "paragraphs", "length"),
    ("museum", "museums", "visitors", "height"),
    ("glacier", "glaciers", "crevasses", "thickness"),
    ("patient", "patients", "prescriptions", "weight"),
    ("football team", "football teams", "goals", "budget"),
    ("podcast", "podcasts", "episodes", "duration"),
    ("vineyard", "vineyards", "barrels", "yield"),
    ("ship", "ships", "containers", "tonnage"),
    ("course", "courses", "lectures", "credit"),
    ("dog", "dogs", "puppies", "breed"),
    ("hospital", "hospitals", "nurses", "capacity"),
    ("movie", "movies", "actors", "rating"),
    ("continent", "continents", "languages", "area"),
    ("aircraft", "aircraft", "engines", "wingspan"),
    ("apartment", "apartments", "tenants", "rent"),
    ("election", "elections", "candidates", "turnout"),
    ("battle", "battles", "casualties", "date"),
    ("satellite", "satellites", "antennas", "orbit"),
    ("laboratory", "laboratories", "samples", "temperature"),
    ("festival", "festivals", "performances", "ticket price"),
    ("farm", "farms", "tractors", "acreage"),
    ("vehicle", "vehicles", "accidents", "mileage"),
    ("insurance claim", "insurance claims", "payments", "amount"),
    ("student", "students", "friends", "grade"),
    ("recipe", "recipes", "ingredients", "calories"),
    ("tennis player", "tennis players", "matches", "ranking"),
    ("park", "parks", "trees", "size"),
    ("bridge", "bridges", "lanes", "span"),
    ("device", "devices", "sensors", "voltage"),
    ("song", "songs", "downloads", "tempo"),
    ("railway station", "railway stations", "platforms", "opening year"),
    ("species", "species", "habitats", "lifespan"),
    ("website", "websites", "visits", "loading time"),
    ("judge", "judges", "trials", "seniority"),
    ("mine", "mines", "miners", "depth"),
    ("beehive", "beehives", "queens", "honey"),
    ("school", "schools", "classrooms", "founding year"),
)
"""Singular, plural, what belongs to it, a property."""
