"""Closed word lists of English news copy: who speaks, how, and how sure. Lemmas, lower case.

The reporting verbs follow the classes of FactBank (Sauri & Pustejovsky 2009) and of Karttunen's plugs, filters and
holes as far as they bear on who commits to what.
"""

from __future__ import annotations

DENIAL = frozenset("deny reject dismiss refute rebut dispute repudiate disavow discount".split())
ALLEGATION = frozenset("allege claim purport profess".split())
CONJECTURE = frozenset("suspect fear speculate guess wonder think believe surmise imagine doubt".split())
EXPECTATION = frozenset("expect anticipate predict forecast foresee project foretell".split())
COMMITMENT = frozenset("promise vow pledge threaten swear undertake".split())
INTENTION = frozenset("plan intend aim hope prepare propose agree decide seek want mean schedule arrange".split())
CHARACTERISATION = frozenset(
    "describe call label brand characterise characterize portray depict blame credit accuse".split()
)
PLAIN_SPEECH = frozenset(
    "say tell add note state announce report declare explain insist maintain argue contend write testify reveal disclose "
    "confirm acknowledge acknowledge admit concede confide recall remark observe charge assert stress emphasise emphasize "
    "reiterate repeat caution warn complain estimate calculate reckon suggest indicate conclude determine venture quip "
    "joke reply answer respond retort counter tweet inform brief assure remind underline underscore highlight hint signal "
    "imply boast lament affirm stipulate specify recount relate attest submit rule protest object aver opine muse sniff "
    "recommend grumble post email text advise hold emerge".split()
)
FINDING = frozenset("find show reveal suggest indicate conclude demonstrate establish confirm".split())
RECORD = frozenset("record list read document register give put detail allege log state mention".split())
REPORTING = (
    DENIAL | ALLEGATION | CONJECTURE | EXPECTATION | COMMITMENT | CHARACTERISATION | PLAIN_SPEECH | {"find", "show"}
)
# these report with a noun phrase alone: "police confirmed the arrest"
REPORTING_A_NOUN = (
    DENIAL
    | CHARACTERISATION
    | EXPECTATION
    | frozenset(
        "confirm announce report reveal disclose acknowledge admit estimate predict reiterate emphasise emphasize stress "
        "highlight note claim allege".split()
    )
)

# people and bodies do not hold these; what is written in them is theirs who wrote it
DOCUMENTS = frozenset(
    "report statement study analysis survey letter memo memorandum review filing poll bulletin notice post email document "
    "paper log minute record register data figure statistic transcript communique dossier audit assessment indictment "
    "affidavit complaint ruling verdict judgment dispatch release article footage video image photograph photo map note "
    "diary manifest census test result finding inquiry investigation estimate projection forecast circular leaflet "
    "message tweet book newsletter file testimony account autopsy certificate evidence index tally".split()
)
COMMUNICATIONS = frozenset(
    "statement letter memo email note message post speech interview briefing report article filing".split()
)

TITLES = frozenset(
    "mr mrs ms miss dr prof professor sir dame lord lady rev reverend father sister brother bishop archbishop cardinal "
    "rabbi imam sheikh pope king queen prince princess duke duchess baron president vice-president premier chancellor "
    "minister secretary governor mayor senator sen representative rep congressman congresswoman councillor councilor "
    "alderman deputy ambassador envoy consul judge justice magistrate attorney prosecutor sheriff constable chief "
    "commissioner superintendent inspector detective sergeant sgt corporal lieutenant lt captain capt major maj colonel "
    "col brigadier brig general gen admiral adm commander cmdr commodore marshal private officer speaker chair chairman "
    "chairwoman chairperson director head leader boss manager coach ceo founder owner spokesman spokeswoman spokesperson "
    "foreman engineer doctor nurse analyst economist lawyer barrister solicitor hydrologist pathologist biologist "
    "scientist researcher historian author actor actress singer striker goalkeeper midfielder defender winger fisherman "
    "farmer teacher headteacher principal trustee treasurer clerk coroner ombudsman auditor mp mep cllr gov pres supt "
    "insp det pastor canon dean provost rector warden harbourmaster skipper master pilot mate foreman lawmaker activist "
    "journalist correspondent reporter editor photographer organiser organizer campaigner resident neighbour neighbor "
    "witness survivor victim suspect defendant client crown taoiseach sultan emir ayatollah comrade".split()
) - {"witness", "client", "crown"}
HONORIFICS = frozenset("mr mrs ms miss dr prof sir dame lord lady rev reverend st the".split())
FEMALE = frozenset(
    "mrs ms miss dame lady sister queen princess duchess baroness spokeswoman chairwoman congresswoman councilwoman "
    "businesswoman policewoman mother daughter wife widow actress woman girl grandmother aunt niece headmistress "
    "alderwoman she her hers herself".split()
)
MALE = frozenset(
    "mr sir lord brother king prince duke baron spokesman chairman congressman councilman businessman policeman father "
    "son husband widower actor man boy grandfather uncle nephew headmaster alderman fisherman foreman monk priest he him "
    "his himself".split()
)
BODIES = frozenset(
    "company firm agency group operator bank union ministry authority board airline party club council court commission "
    "government department office bureau institute university hospital police army navy force service committee "
    "federation association charity foundation maker carrier owner publisher regulator watchdog panel inquiry team "
    "organisation organization body corporation manufacturer retailer builder contractor lender insurer coastguard".split()
)
PERSONS = (
    TITLES
    | FEMALE
    | MALE
    | frozenset(
        "person people official aide source expert worker employee employer chaplain supervisor colleague friend relative "
        "partner driver passenger tenant villager shopkeeper baker barman cook guard soldier fighter rebel militant captain "
        "ally critic opponent rival candidate voter customer patient parent child brother-in-law caretaker curator architect "
        "negotiator diplomat adviser advisor consultant broker trader investor spokespeople negotiators planner technician "
        "pollster forecaster climber diver firefighter paramedic medic surgeon player lawmaker lawmakers".split()
    )
)
