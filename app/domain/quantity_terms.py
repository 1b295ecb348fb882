"""Synonyms that decide whether two counts answer one question: canonical term -> the words of news copy for it."""

from __future__ import annotations


def _inverted(groups: dict[str, str]) -> dict[str, str]:
    return {word.replace("_", " "): term for term, words in groups.items() for word in words.split()}


# Heads of counted things, in lemmas. A term is here only when reports of one event use the words for the same people or
# objects.
COUNTED = _inverted(
    {
        "soldier": "troop troops serviceman servicewoman servicemember trooper infantryman combatant fighter "
        "military_personnel army_personnel",
        "militant": "insurgent rebel gunman guerrilla militiaman",
        "person": "people individual human soul",
        "killed": "dead death deceased fatality body corpse death_toll toll life remains",
        "injured": "wounded hurt injury",
        "missing": "missing_person disappearance",
        "arrested": "detainee detention",
        "child": "kid minor youngster",
        "pupil": "student schoolchild schoolboy schoolgirl",
        "police officer": "policeman policewoman constable police",
        "worker": "employee staff staffer labourer laborer",
        "resident": "inhabitant townsperson townspeople",
        "protester": "demonstrator marcher protestor",
        "lawmaker": "mp deputy legislator parliamentarian",
        "prisoner": "inmate",
        "home": "house dwelling",
        "building": "structure",
        "job": "position post",
        "vote": "ballot",
        "aircraft": "plane airplane aeroplane jet airliner warplane",
        "drone": "uav",
        "ship": "vessel boat",
        "truck": "lorry",
        "company": "firm",
        "shop": "store",
    }
)

# Roles: participles of what is done to the counted, lemmas of what it does, states.
ROLES = _inverted(
    {
        "killed": "die died dead perish perished slain lose_life lost_life shot_dead found_dead",
        "injured": "hurt wounded maimed",
        "arrested": "detained held apprehended",
        "deployed": "sent stationed dispatched posted",
        "evacuated": "relocated",
        "displaced": "uprooted",
        "missing": "unaccounted disappeared",
        "rescued": "saved",
        "freed": "released",
        "cancelled": "canceled scrapped",
        "abducted": "kidnapped",
        "destroyed": "razed flattened",
        "hired": "recruited employed",
        "expected": "anticipated forecast predicted",
        "bought": "purchased acquired",
        "fled": "flee",
        "lost": "lose",
        "won": "win",
        "fallen": "fall drop dropped decline declined",
        "risen": "rise climb climbed grow grown increase increased",
    }
)

# Heads that name people: "nine people" and "nine passengers" may be one count.
PEOPLE = frozenset(
    {
        "adult", "baby", "boy", "bystander", "captive", "casualty", "child", "citizen", "civilian", "climber",
        "commuter", "crew", "customer", "deportee", "driver", "evacuee", "family", "fan", "fireman",
        "fisherman", "girl", "guard", "guest", "hiker", "hostage", "immigrant", "inhabitant", "journalist",
        "juror", "lawyer", "man", "marcher", "member", "migrant", "militant", "miner", "monk", "mourner",
        "nurse", "officer", "official", "onlooker", "parent", "passenger", "patient", "pedestrian", "person",
        "pilgrim", "pilot", "police", "prisoner", "protester", "pupil", "recruit", "refugee", "resident",
        "sailor", "shopper", "soldier", "spectator", "student", "survivor", "teacher", "teenager", "tourist",
        "traveller", "victim", "villager", "visitor", "volunteer", "voter", "woman", "worker", "worshipper",
    }
)  # fmt: skip

# Counted things that already say what happened to people.
STATES = frozenset({"killed", "injured", "missing", "arrested"})
