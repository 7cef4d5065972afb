"""Write the sample data: the catalogue, customers and three months of behaviour of a small shop.

Run it to write the files again: ``python data/generate.py``. They are the same on every machine and every day.
Rows follow a few habits, so that recommenders have something to learn: each user likes two categories, a few items are
far more popular than the others, views come more often than carts and carts more often than purchases, and evenings
are busy.
"""

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
USERS, ITEMS, SESSIONS, DAYS = 60, 120, 800, 90
FIRST_DAY = 1_735_689_600  # 2025-01-01T00:00:00Z, in seconds as Personalize wants timestamps
CATEGORIES = {
    "books": ("Novel", "Cookbook", "Travel guide", "Atlas"),
    "garden": ("Trowel", "Seed box", "Watering can", "Rose"),
    "kitchen": ("Kettle", "Saucepan", "Bread knife", "Mixing bowl"),
    "music": ("Ukulele", "Song book", "Headphones", "Metronome"),
    "outdoor": ("Tent", "Lantern", "Rucksack", "Compass"),
    "toys": ("Puzzle", "Kite", "Train set", "Teddy bear"),
}
STYLES = ("classic", "compact", "recycled", "handmade", "large")
ACTIONS = {  # name: (type, value, days until it may be shown again)
    "install-app": ("engage", 4, 30),
    "join-loyalty-club": ("engage", 8, 14),
    "subscribe-newsletter": ("engage", 3, 14),
    "complete-profile": ("engage", 2, 7),
    "write-review": ("engage", 2, 3),
    "free-shipping-offer": ("sell", 6, 7),
    "gift-card": ("sell", 7, 30),
    "spring-sale": ("sell", 5, 7),
}

# random() alone is documented to give the same numbers for the same seed in every version of Python.
chance = random.Random(20250101).random


def choose(options: Sequence[str], skew: float = 1.0) -> str:
    """Return one of the options; a skew above 1 favours the first ones."""
    return options[int(len(options) * chance() ** skew)]


def moment() -> int:
    """Return a second within the three months, more often in the evening."""
    hour = 8 + int(15 * chance() ** 0.6)
    return FIRST_DAY + int(DAYS * chance()) * 86_400 + hour * 3600 + int(3600 * chance())


def write(name: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Write one CSV file with a header of space-separated column names."""
    with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.split())
        writer.writerows(rows)


def main() -> None:
    """Write the five files."""
    users = [f"user-{number:03}" for number in range(1, USERS + 1)]
    items = [f"item-{number:03}" for number in range(1, ITEMS + 1)]
    categories = list(CATEGORIES)
    category_of = {item: categories[number % len(categories)] for number, item in enumerate(items)}
    tastes = {user: (choose(categories), choose(categories)) for user in users}
    prices = {item: round(5 + 95 * chance() ** 2, 2) for item in items}

    interactions: list[tuple[object, ...]] = []
    for _ in range(SESSIONS):
        user, device, time = choose(users, 1.5), choose(("mobile", "desktop", "tablet"), 1.6), moment()
        category = choose(tastes[user]) if chance() < 0.8 else choose(categories)
        shelf = [item for item in items if category_of[item] == category]
        for _ in range(1 + int(4 * chance())):
            item = choose(shelf, 2.0)
            shown = "|".join(dict.fromkeys([item, *(choose(shelf) for _ in range(3))]))
            for event, follows in (("view", 0.3), ("cart", 0.5), ("purchase", 0.0)):
                value = prices[item] if event == "purchase" else ""
                interactions.append((user, item, event, value, time, device, shown if event == "view" else ""))
                time += 20 + int(200 * chance())
                if chance() >= follows:
                    break
    interactions.sort(key=lambda row: (row[4], row[0], row[1]))
    write("interactions", "USER_ID ITEM_ID EVENT_TYPE EVENT_VALUE TIMESTAMP DEVICE IMPRESSION", interactions)

    def item_row(item: str) -> tuple[object, ...]:
        category = category_of[item]
        thing, style = choose(CATEGORIES[category]), choose(STYLES)
        text = f"{thing}, {style}, for everyone who loves {category}."
        return item, FIRST_DAY - int(300 * 86_400 * chance()), prices[item], category, style, text

    write("items", "ITEM_ID CREATION_TIMESTAMP PRICE CATEGORY STYLE DESCRIPTION", (item_row(item) for item in items))
    levels, ages = ("basic", "silver", "gold"), ("18-29", "30-44", "45-59", "60+")
    write("users", "USER_ID AGE_GROUP MEMBERSHIP", ((user, choose(ages), choose(levels, 1.8)) for user in users))
    write(
        "actions",
        "ACTION_ID CREATION_TIMESTAMP TYPE VALUE REPEAT_FREQUENCY",
        ((name, FIRST_DAY, kind, value, days) for name, (kind, value, days) in ACTIONS.items()),
    )
    taken = [
        (choose(users), choose(list(ACTIONS)), choose(("VIEWED", "TAKEN", "NOT TAKEN")), moment()) for _ in range(200)
    ]
    taken.sort(key=lambda row: (row[3], row[0]))
    write("action_interactions", "USER_ID ACTION_ID EVENT_TYPE TIMESTAMP", taken)


if __name__ == "__main__":
    main()
