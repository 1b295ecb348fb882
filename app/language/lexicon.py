"""Closed word lists of English news copy: who speaks, how, and how sure. Lemmas, lower case.

The reporting verbs follow the classes of FactBank (Sauri & Pustejovsky 2009) and of Karttunen's plugs, filters and
holes as far as they bear on who commits to what.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DENIAL = words("deny reject dismiss refute rebut dispute repudiate disavow discount contradict")
ALLEGATION = words("allege claim purport profess")
CONJECTURE = words("suspect fear speculate guess wonder think believe surmise imagine doubt")
EXPECTATION = words("expect anticipate predict forecast foresee project foretell")
COMMITMENT = words("promise vow pledge threaten swear undertake")
INTENTION = words("plan intend aim hope prepare propose agree decide seek want mean schedule arrange")
CHARACTERISATION = words("describe call label brand characterise characterize portray depict blame credit accuse")
PLAIN_SPEECH = words(
    "say tell add note state announce report declare explain insist maintain argue contend write testify reveal "
    "disclose confirm acknowledge acknowledge admit concede confide recall remark observe charge assert stress "
    "emphasise emphasize reiterate repeat caution warn complain estimate calculate reckon suggest indicate "
    "conclude determine venture quip joke reply answer respond retort counter tweet inform brief assure remind "
    "underline underscore highlight hint signal imply boast lament affirm stipulate specify recount relate "
    "attest submit rule protest aver opine muse sniff recommend remember grumble decide agree post email text advise "
    "emerge"
)
FINDING = words("find show reveal suggest indicate conclude demonstrate establish confirm")
RECORD = words("record list read document register give put detail allege log state mention")
REPORTING = (
    DENIAL | ALLEGATION | CONJECTURE | EXPECTATION | COMMITMENT | CHARACTERISATION | PLAIN_SPEECH | {"find", "show"}
)
# these report with a noun phrase alone: "police confirmed the arrest"
REPORTING_A_NOUN = (
    DENIAL
    | CHARACTERISATION
    | EXPECTATION
    | words(
        "confirm announce report reveal disclose acknowledge admit estimate predict reiterate emphasise emphasize "
        "stress highlight note claim allege"
    )
)

# people and bodies do not hold these; what is written in them is theirs who wrote it
DOCUMENTS = words(
    "report statement study analysis survey letter memo memorandum review filing poll bulletin notice post "
    "email document paper log minute record register data figure statistic transcript communique dossier audit "
    "assessment indictment affidavit complaint ruling verdict judgment dispatch release article footage video "
    "film recording clip tape cctv image photograph photo map note diary manifest census test result finding "
    "inquiry investigation estimate projection forecast circular leaflet message tweet book newsletter file "
    "testimony account autopsy certificate evidence index tally"
)
COMMUNICATIONS = words("statement letter memo email note message post speech interview briefing report article filing")

TITLES = words(
    "mr mrs ms miss dr prof professor sir dame lord lady rev reverend father sister brother bishop archbishop "
    "cardinal rabbi imam sheikh pope king queen prince princess duke duchess baron president vice-president "
    "premier executive chancellor minister secretary governor mayor senator sen representative rep congressman "
    "congresswoman councillor councilor alderman deputy ambassador envoy consul judge justice magistrate "
    "attorney prosecutor sheriff constable chief commissioner superintendent inspector detective sergeant sgt "
    "corporal lieutenant lt captain capt major maj colonel col brigadier brig general gen admiral adm commander "
    "cmdr commodore marshal private officer speaker chair chairman chairwoman chairperson director head leader "
    "boss manager coach ceo founder owner spokesman spokeswoman spokesperson foreman engineer doctor nurse "
    "analyst economist lawyer barrister solicitor hydrologist pathologist biologist scientist researcher "
    "historian author actor actress singer striker goalkeeper midfielder defender winger fisherman farmer "
    "teacher headteacher principal trustee treasurer clerk coroner ombudsman auditor mp mep cllr gov pres supt "
    "insp det pastor canon dean provost rector warden harbourmaster skipper master pilot mate foreman lawmaker "
    "activist journalist correspondent reporter editor photographer organiser organizer campaigner resident "
    "neighbour neighbor witness survivor victim suspect defendant client crown taoiseach sultan emir ayatollah "
    "comrade"
) - {"witness", "client", "crown"}
HONORIFICS = words("mr mrs ms miss dr prof sir dame lord lady rev reverend st the")
FEMALE = words(
    "mrs ms miss dame lady sister queen princess duchess baroness spokeswoman chairwoman congresswoman "
    "councilwoman businesswoman policewoman mother daughter wife widow actress woman girl grandmother aunt "
    "niece headmistress alderwoman she her hers herself"
)
MALE = words(
    "mr sir lord brother king prince duke baron spokesman chairman congressman councilman businessman policeman "
    "father son husband widower actor man boy grandfather uncle nephew headmaster alderman fisherman foreman "
    "monk priest he him his himself"
)
BODIES = words(
    "company firm agency group operator bank union ministry authority board airline party club council court "
    "commission government department office bureau institute university hospital police army navy force "
    "service committee federation association charity foundation maker carrier owner publisher regulator "
    "watchdog panel inquiry team organisation organization body corporation manufacturer retailer builder "
    "contractor lender insurer coastguard"
)
PERSONS = (
    TITLES
    | FEMALE
    | MALE
    | words(
        "person people official aide source expert worker employee employer chaplain supervisor colleague friend "
        "relative partner driver passenger tenant villager shopkeeper baker barman cook guard soldier fighter rebel "
        "militant captain ally critic opponent rival candidate voter customer patient parent child brother-in-law "
        "caretaker curator architect negotiator executive recycler landlord premier tycoon heir heiress hairdresser "
        "broker diplomat adviser advisor consultant broker trader investor spokespeople negotiators planner "
        "technician pollster forecaster climber diver firefighter paramedic medic surgeon player lawmaker lawmakers"
    )
)

VESSELS = words(
    "ship ferry vessel boat trawler tanker yacht barge submarine liner cutter frigate destroyer freighter tug steamer"
)
VIEWS = words("view opinion account estimate reckoning words estimation judgment judgement assessment telling")
TELLING = words("tell inform remind assure brief warn advise write notify email text")

STATES = words(
    "be have lie stand remain contain include comprise consist belong own cost measure weigh hold exist live "
    "know believe think feel love want need seem appear sound look deserve matter mean represent mark face "
    "depend keep stay total number rise fall reach exceed"
)
GESTURES = words("shrug nod smile frown sigh laugh wink blush weep cry grin wince pause hesitate stare")
OPINION = words(
    "best worst good bad great terrible awful shameful scandal scandalous disgrace disgraceful tragedy tragic "
    "heroic heroism outrageous astonishing wonderful beautiful ugly proud sure important significant dangerous "
    "alarming unacceptable inexcusable reckless brave courageous stupid foolish wise absurd ridiculous vital "
    "crucial historic unprecedented remarkable extraordinary disastrous"
)

# verbs that carry little but the tense of the event their noun names
LIGHT = words("take make have give hold carry conduct launch stage suffer undergo perform occur happen mount pay reach")
# nouns of events with the verb they stand for, their own or another
_SAME_VERB = words(
    "attack crash collapse fire strike clash flood quake launch arrest visit vote talk recall purchase riot "
    "march protest murder search storm earthquake landslide avalanche assault ambush raid siege leak spill "
    "increase decrease rise fall delay shutdown outage blackout incident disaster battle ceremony trial hearing"
)
_OTHER_VERB = words(
    "accident:crash blast:explode bombing:bomb capsizing:capsize closure:close collision:collide "
    "contamination:contaminate damage:damage death:die delivery:deliver deployment:deploy derailment:derail "
    "destruction:destroy detention:arrest discharge:discharge discovery:discover election:elect "
    "engagement:engage evacuation:evacuate explosion:explode failure:fail fighting:fight flooding:flood "
    "injury:injure inspection:inspect killing:kill landing:land loss:lose meeting:meet merger:merge "
    "opening:open outbreak:outbreak payment:pay rescue:rescue resignation:resign sale:sell shelling:shell "
    "shooting:shoot shortage:shortage sinking:sink theft:steal withdrawal:withdraw wreck:sink"
)
EVENT_NOUNS: dict[str, str] = {w: w for w in _SAME_VERB} | dict(p.split(":") for p in _OTHER_VERB)
MEASURE_NOUNS = words(
    "number dozen score hundred thousand million handful couple group total percent percentage share majority "
    "minority series range most some many part half third quarter rest pair crowd amount lot piece bit cent lack "
    "absence"
)
PLACE_NOUNS = words(
    "abutment airfield airport alley area avenue bank barn barrack base basement bay beach border bridge "
    "building bunker cafe camp campus canal capital cape carriageway cave cell cemetery centre center church "
    "city classroom cliff clinic coast compound corridor country countryside county courthouse courtyard "
    "crossing dam deck depot desert district dock dockyard embassy estate facility factory farm field flat "
    "foothill forest fort garage garden gate gatehouse gorge gulf hall hangar harbour harbor headquarters "
    "headland highway hill hillside home hospital hotel house hut island isle jetty junction kitchen lab "
    "laboratory lake lane library lighthouse lodge mall mansion market marsh middle mine monastery mosque "
    "motorway mountain museum neighbourhood neighborhood office orchard outpost outskirts park pass peninsula "
    "pier pit plain plant platform port post prison province pub quarry quay quayside ranch reef refinery "
    "region reservoir resort restaurant ridge river road roof room ruin runway school sea shed ship shoal shop "
    "shore shoreline side sidewalk site slope spring square stadium station store strait street stream suburb "
    "summit synagogue temple tent terminal territory theatre theater tower town track train trench tunnel "
    "university valley vicinity village vineyard ward warehouse waterfront well wharf woods yard zone east west "
    "north south abattoir"
)
JUDGEMENT = words("describe call label brand characterise characterize portray depict")
PERCEIVING = words("see hear feel smell tell afford understand remember")
# what a court hears
CASES = words("case appeal trial petition lawsuit plea motion application complaint dispute testimony argument")
WITHHOLDING = words("say comment confirm draw disclose reveal")  # with "not": what is left open
UTTERING = words("say tell confirm reveal disclose specify explain announce know")
THINGS = words(
    "reactor tractor escalator elevator generator detector projector radiator refrigerator calculator indicator "
    "ventilator incinerator defibrillator monitor equator excavator dispenser transistor laser purser"
)
COURTS = words("court trial inquest tribunal inquiry jury hearing commission panel committee")
# what can be denied: to reject a report is to deny it, to reject a reform is not
ASSERTIONS = words(
    "claim report allegation accusation suggestion rumour rumor story charge criticism notion idea account "
    "assertion speculation insinuation complaint version statement finding figure talk theory post article "
    "argument suspicion testimony assumption involvement responsibility wrongdoing guilt liability link role "
    "knowledge"
)
CONTACTING = words("write phone call email speak reply respond post petition contact appear")
INQUIRY = words(
    "investigate examine check ask determine establish study probe wonder assess consider test decide discuss"
)
NAMING = words("call label brand")
