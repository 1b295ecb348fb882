"""English past participles, so that "killing 12", "kills 12" and "12 were killed" give one role: "killed"."""

from __future__ import annotations

from spacy.tokens import Token


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


_IRREGULAR = _pairs(
    "be:been bear:borne beat:beaten become:become begin:begun bind:bound bite:bitten blow:blown break:broken "
    "bring:brought build:built burst:burst buy:bought cast:cast catch:caught choose:chosen come:come cost:cost "
    "cut:cut deal:dealt dig:dug do:done draw:drawn drink:drunk drive:driven eat:eaten fall:fallen feed:fed "
    "feel:felt fight:fought find:found flee:fled fly:flown forget:forgotten freeze:frozen get:got give:given "
    "go:gone grow:grown hang:hanged have:had hear:heard hide:hidden hit:hit hold:held hurt:hurt keep:kept "
    "know:known lay:laid lead:led leave:left lend:lent let:let lie:lain light:lit lose:lost make:made mean:meant "
    "meet:met mow:mown overthrow:overthrown pay:paid put:put quit:quit read:read ride:ridden ring:rung rise:risen "
    "run:run say:said see:seen seek:sought sell:sold send:sent set:set shake:shaken shed:shed shoot:shot "
    "show:shown shrink:shrunk shut:shut sink:sunk sit:sat sleep:slept slide:slid speak:spoken spend:spent "
    "split:split spread:spread stand:stood steal:stolen stick:stuck strike:struck sweep:swept swim:swum "
    "take:taken teach:taught tear:torn tell:told think:thought throw:thrown undergo:undergone "
    "understand:understood wear:worn win:won withdraw:withdrawn withhold:withheld write:written"
)
_VOWELS = "aeiou"
# of more than one syllable, stressed on the last: these double their last letter
_STRESSED_LAST = frozenset(
    {"admit", "commit", "permit", "submit", "transmit", "refer", "prefer", "defer", "transfer", "deter", "occur"}
    | {"incur", "control", "patrol", "propel", "expel", "compel", "repel", "forbid", "regret", "kidnap"}
)


def participle(token: Token) -> str:
    """The past participle of a verb token, lower case: the text's own form where it has one, else from the lemma."""
    lemma = token.lemma_.lower()
    if token.lower_ == "missing":
        return "missing"  # a state, whatever tag it gets
    if lemma in _IRREGULAR:
        return _IRREGULAR[lemma]
    if token.tag_ in ("VBN", "VBD") or token.lower_.endswith("ed"):
        return token.lower_
    return participle_of(lemma)


def participle_of(lemma: str) -> str:
    """The past participle of a lemma; regular ones by the spelling rules: "stopped", "carried", "idled"."""
    if lemma in _IRREGULAR:
        return _IRREGULAR[lemma]
    if lemma.endswith("e"):
        return lemma + "d"
    if len(lemma) > 1 and lemma.endswith("y") and lemma[-2] not in _VOWELS:
        return lemma[:-1] + "ied"
    vowels = sum(letter in _VOWELS for letter in lemma)
    ends_closed = len(lemma) > 2 and lemma[-1] not in _VOWELS + "wxy" and lemma[-2] in _VOWELS
    is_doubled = ends_closed and lemma[-3] not in _VOWELS
    if is_doubled and (vowels == 1 or lemma in _STRESSED_LAST or lemma.endswith("el")):
        return lemma + lemma[-1] + "ed"
    return lemma + "ed"
