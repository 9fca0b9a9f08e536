"""The words of the sample bookshop: people, titles and places; `bookshop` draws from them."""

from __future__ import annotations

COUNTRIES = (
    ("AT", "Austria", "EUR"),
    ("CA", "Canada", "CAD"),
    ("DE", "Germany", "EUR"),
    ("ES", "Spain", "EUR"),
    ("FR", "France", "EUR"),
    ("GB", "United Kingdom", "GBP"),
    ("IT", "Italy", "EUR"),
    ("NL", "Netherlands", "EUR"),
    ("US", "United States", "USD"),
)

CITIES = {
    "AT": ("Graz", "Vienna"),
    "CA": ("Montreal", "Toronto"),
    "DE": ("Berlin", "Hamburg", "Munich"),
    "ES": ("Barcelona", "Madrid"),
    "FR": ("Lyon", "Paris"),
    "GB": ("Bristol", "London", "Manchester"),
    "IT": ("Milan", "Rome"),
    "NL": ("Amsterdam", "Utrecht"),
    "US": ("Boston", "Chicago", "Seattle"),
}

GENRES = (
    ("BIO", "Biography"),
    ("CHI", "Children's Books"),
    ("COO", "Cooking"),
    ("CRI", "Crime"),
    ("FAN", "Fantasy"),
    ("HIS", "History"),
    ("POE", "Poetry"),
    ("ROM", "Romance"),
    ("SCI", "Science Fiction"),
    ("TRA", "Travel"),
)

PUBLISHERS = (
    ("Alder & Finch", "GB"),
    ("Blue Lantern Press", "US"),
    ("Casa del Faro", "ES"),
    ("Edizioni Tramonto", "IT"),
    ("Foxglove House", "GB"),
    ("Grachten Boeken", "NL"),
    ("Harbour Lights", "CA"),
    ("Kastanie Verlag", "DE"),
    ("Maison Verveine", "FR"),
    ("Northfield Books", "US"),
    ("Papierschiff", "DE"),
    ("Steinadler", "AT"),
)

STORES = (
    ("Riverside Books", "London", "GB", "2009-04-18"),
    ("The Corner Shelf", "Bristol", "GB", "2014-09-06"),
    ("Buchladen am Markt", "Berlin", "DE", "2011-03-12"),
    ("Elbe Buchhandlung", "Hamburg", "DE", "2018-10-27"),
    ("Librairie du Canal", "Paris", "FR", "2012-05-05"),
    ("Harbour Street Books", "Boston", "US", "2016-06-11"),
    ("Maple Leaf Readers", "Toronto", "CA", "2021-02-20"),
)

FIRST_NAMES = (
    "Alice Amir Anna Ben Bruno Carla Chloe Clara Daniel David Elena Emma Farid Felix Fiona "
    "Grace Hana Hugo Ines Isaac Ivy Jonas Julia Karim Laura Leo Lina Lucas Maya Marco Marta "
    "Mia Nadia Nina Noah Nora Olga Oscar Paula Peter Rosa Ruth Samuel Sara Sofia Theo Tomas "
    "Vera Victor Yara"
).split()

LAST_NAMES = (
    "Adler Almeida Baker Bauer Bell Bergman Brandt Carter Castillo Clarke Costa Dubois Ellis "
    "Evans Fischer Fontaine Garcia Gray Gruber Harris Hoffman Howard Jansen Keller Klein "
    "Lambert Lang Lopez Marino Martin Meyer Moreau Morgan Navarro Novak Olsen Parker Petit "
    "Quinn Ricci Romano Russo Santos Schmidt Shaw Silva Sommer Turner Visser Weber Wood"
).split()

TITLE_OPENINGS = (
    "A Short History of the|Beyond the|Letters from the|Notes on the|Return to the|"
    "The Hidden|The Last|The Long|The Quiet|The Second|The Silent|Under the|"
    "A Guide to the|The Summer of the|Stories from the"
).split("|")

TITLE_ENDINGS = (
    "Archive|Bakery|Bridge|Canal|City|Clockmaker|Coast|Comet|Desert|Forest|Garden|"
    "Harbour|Island|Kitchen|Library|Lighthouse|Mountain|Orchard|Painter|River|"
    "Station|Theatre|Valley|Violin|Winter"
).split("|")
