"""English as far as checking needs it: words that mean the same, words that mean the opposite, and words of every day."""

from __future__ import annotations

import functools

from rag.store.index import stems

_ALIKE = (
    # irregular forms
    "rise rose risen climb jump|fall fell fallen drop slip sink sank decline|come came|go went gone|take took taken|give gave given"
    "|make made|see saw seen|find found discover|leave left depart|lose lost loss|win won winner victory|meet met meeting talks"
    "|pay paid payment|say said state tell told add announce statement explain note|hold held|keep kept|bring brought"
    "|buy bought purchase|sell sold sale|build built construct construction|send sent|spend spent|stand stood|run ran"
    "|write wrote written|speak spoke spoken|steal stole stolen theft rob|break broke broken|choose chose chosen pick"
    "|begin began begun start launch|end ended finish conclude over|show showed shown|grow grew grown growth|think thought believe"
    "|know knew known|get got gotten receive|become became|drive drove driven|fly flew flown|throw threw thrown|lead led head leader"
    "|fight fought|catch caught|strike struck|sit sat|sing sang sung|teach taught|swear swore sworn inaugurate|hear heard"
    "|beat beaten defeat|bear bore born|lie lay lain|wear wore worn|draw drew drawn|shut close closed closure"
    # other words for the same
    "|kill die dead death fatal dies died|hurt injure wound injury|ill sick illness fall_ill|resign quit resignation depart step_down"
    "|boss chief head director executive ceo chair chairman chairwoman president manager|reopen open opening|cost price expense"
    "|rise increase up raise growth higher climb|cut lower reduce reduction decrease down|approve agree accept allow permit back pass"
    "|reject refuse deny decline|arrest detain custody|house home household|firm company business operator"
    "|worker employee staff crew member|vote ballot poll election|announce reveal unveil disclose public publish|build construct"
    "|damage harm|destroy ruin|fire blaze|flood flooding|car vehicle|people person resident inhabitant|delay postpone put_off"
    "|year annual annually yearly|month monthly|week weekly|day daily|about around roughly approximately nearly some"
    "|plan intend expect schedule due set|recover retrieve|want seek ask demand request call|help aid assist|big large major huge"
    "|show find reveal|country nation|child children|man men|woman women|money fund|use used|near close|city town"
    "|cause reason because|replace successor succeed follow|former predecessor|talks negotiation discuss discussion meeting summit"
    "|offer propose proposal|tax tariff duty|deal agreement agree accord settle pact|trip visit travel journey go tour"
    "|first initial|last final|join join|rule ruling decide decision judgment|claim allege|doctor dr|cancel call_off|carry transport"
    "|stop halt pause suspend|jail prison imprison|examine inspect review check investigate inquiry|total overall|mayor mayoral|strike walkout walk"
    "|pledge promise commit|purchase purchas buy|miss missing|evacuate flee fled leave|test trial study|boat ferry ship vessel"
    "|journalist reporter|kilometre kilometer km|metre meter|hour hourly|warn warning|game match|film movie footage video|attack assault"
)
"""Words that may stand for each other, as far as how much of a sentence is told counts; names are never among them."""
_OPPOSITES = (
    "rise rose risen increase climb grow grew grown jump soar higher up gain raise raised boost highest"
    "/fall fell fallen drop decrease decline slip sink shrink lower down lose lost cut lowered reduce lowest plunge slump"
    "|win won winner victory winning/lose lost defeat losing|before/after|more/less fewer|above/below|over/under"
    "|approve accept allow permit agree endorse/reject refuse oppose ban veto deny"
    "|open reopen opened reopened/close shut closed|begin began begun start started/end ended finish finished stop stopped"
    "|buy bought/sell sold|widen/narrow|strengthen/weaken|support supported/oppose opposed|arrive/leave left"
    "|north northern/south southern|east eastern/west western|hire/fire fired dismiss dismissed"
    "|guilty convict convicted/innocent acquit acquitted|arrest arrested detain detained/release released free freed"
    "|alive survive survived/dead die died killed|early earlier/late later|large largest big biggest/small smallest"
    "|best/worst|majority/minority|join/quit leave left|export/import|first/last|maximum most/minimum least|father/mother"
    "|son/daughter|brother/sister|husband/wife|king/queen|borrow/lend lent|safe/unsafe dangerous|legal/illegal|clean/dirty"
    "|success succeed succeeded/failure fail failed|warm warmer hot/cold colder cool|fast faster/slow slower|young younger/old older"
    "|inside/outside|destroyed burned lost/saved spared|insured/uninsured|damaged/undamaged|known/unknown"
    "|credit/blame|praise praised thank thanked/criticise criticised criticize criticized condemn condemned"
    "|for/against|public/private|day/night|morning/evening|ahead/behind|true/false|confirm confirmed/deny denied"
    "|temporary/permanent|lifted/imposed|extend extended/shorten shortened|double doubled/halve halved|domestic/foreign"
)
"""Pairs of poles; what one says the other denies."""
COMMON = frozenset(
    """
a about above abroad according across activists actors actually added adding additional administrators adults advocates
after afterwards again against ahead airlines airports all almost along already also although always amid among an analysts
and animals annual another any anybody anyone anything apart apparently applicants applications approximately archaeologists
army arrests artists as aside asked asking at athletes attackers attacks attempts attendance attorneys audiences authorities
average away babies back backed backers badly ballots bankers based because before beginning behind being below beneath
beside besides better between beyond big bills birds boats bodies bonds books both bosses bottled boys briefly bringing
broadly builders building buildings buses business businesses but buyers by calling calls campaigners campaigning candidates
carrying cars cases cases catholics cattle caused causes celebrations central certain certainly changes charges charities
children christians churches cities citizens citing city civilians claims classes clearly climate clubs coaches coal
collectors colleagues combined coming commentators commissioners committees communities commuters companies compared
compensation competitors concerns conditions conservationists considering construction consumers contractors control
conversely copies cost costs could councillors countries couples courts cows creditors crews crime crimes criminals critics
crops crowds currently customers cuts cyclists daily damage data days dealers deaths debris debt decades defenders delays
delegates deliveries demand demonstrators depending deputies designed designers despite details detectives developers dialogue
did diplomats directors discussions diseases divers divided do doctors documents does dogs doing donations donors doubling
down dozens drinking drivers driving drones drugs due during each earlier early earnings earthquakes economists editors
education efforts eight either elderly elections electricity electronic elephants eleven elsewhere emergency emissions
employees employers employment ending energy engineers england enough entry environmentalists especially estimates even
eventually ever every everybody everyone everything everywhere evidence exactly examiners except executives existing
experimental experts explaining explosions exports extra eyewitnesses facing factories failing families fans far farmers
fears federal female fewer fighters fighting figures finally finance financial finding findings fire firefighters firms first
fish fishermen five flights flooding floods following food football footballers for forces forecasters foreign formal former
formerly four fourteen free friends from fuel full funding funds further furthermore future generally girls given giving
global going gold government governments governors gradually graduates ground groups growers growth guards guests
gunmen had half halfway has have having he headteachers health hearing heat heavy help her here heritage high higher him
his historians holding holidaymakers homes homeowners hopes horses hospitals hotels hours households houses how however
human hundreds husbands if immediately immigrants imports improvements in inaction including income increases increased
indeed independent individuals industry inflation information initial initially inmates inside inspectors instead
insurance insurers interest international internet interviews into investigations investigators investment investments
investors island islanders islands issues it its itself jobs journalists journeys judges jurors just keeping key kids killing
knowing land landlords largely larger last lastly late later latest laws lawmakers lawyers leaders leading leaving legal
legislation legislators less like likewise limited listeners lives living loans local locals looking lorries losing
losses lots low lower machines maintenance making male managers managing manufacturers many marchers market markets marking
maybe mayors meals meaning meanwhile measures meat medics meetings members men merchants messages military
millions miners ministers minors miscommunication mistakes models money monthly months more moreover mortgage most
mostly motorists mourners moving much music musicians my name named names national natural nearby nearly neighbours neither
neighbors never nevertheless new newspapers next night nine no nobody none nonetheless nor normally not notably nothing now
nowhere number numbers nurses objects observers obviously of off offers offering officers officials often oil
older on once one ongoing online only open opening operations operators opinions opponents opposition or orders ordinary
organisations organisers organizations organizers original originally other others otherwise our outside over overall
overnight own owners paintings panels paper parents participants parties partly partners parts passengers passers
past patients payments peace pedestrians pensioners people per perhaps permanent personnel petitioners phones photographs
photos pictures pilots pirates planes planners planning plans plants players police policies politicians polls pollution poor
population possibly postal power practice preliminary pregnant presumably previous previously priests
prior prisoners prisons private probably problems proceeds producers production professors profits progress projects
promises property proposals prosecutors protesters protests provided providers providing public publishers pupils
questions quickly quite radio railways rain raising rates rather readers reading real recent recently
records recovering recruits reduced referees reforms refugees regarding regardless regional regulators relations relatives
releases religious relief remaining remains repairs repeated reporters reports representatives republicans rescue rescued
rescuers research researchers reserves residents responding responses restaurants results retailers revenue reviewers
reviews right rights rising rivals road roads robbers robots roughly rules ruling rumours runners running rural
safety sailings sales same samples satellites saying scholars schools science scientists scores seasonal second secondly
security seeing seismologists selling senators sending senior separate separately series services seven several
shareholders shares she ships shoppers shops shortly should showing signs similar similarly simply since singers single
sirens six skilled smaller smoke so social soldiers some somebody someone something sometimes soon sources spectators
spending spokesman sports staff staffing stars state states statistics steel still stocks stolen storms strangers
streets strikers strikes striking students studies subsequently such sudden suddenly supplies supporters supposedly
surgeons surveyors survivors suspects swimmers talks taxes taxpayers teachers teams technicians technology teenagers tech
telephone temperatures ten tenants tensions terms terrorists testing tests than thanks that the their them themselves then
there thereafter therefore these they thieves things third thirdly thirty this those thousands three through throughout
thus tickets ties time times to today together tomorrow tonight too top total totals tourism tourists trade traders traffic
training trains travel travellers travelers treatment trials troops trouble trustees turning turnout twelve twenty twice two
typically ultimately under understanding unfortunately unfortunately uninsured union unions universities unless unlike until
up upon urban urgent usually users using vaccines vandals various vehicles versions very veterans victims viewers
villagers villages violence visiting visitors visits volunteers voters votes voting wages waiting walkers walking was
warnings warring waste watching water we wealthy weapons weather weekend weeks well were what whatever when where
whereas wherever whether which while who whoever whole whom whose why widely wildlife winners with within without
witnesses wives women wood work workers working works world worldwide would writers writing written yearly years yesterday yet
you younger youngest your youths
boss deputy councilor union leader official spokesperson spokeswoman chairman chairwoman chair head minister director
""".split()
)
"""Words with which a sentence may begin that are no names: what only begins a sentence and is none of them may be one."""


EMPTY_VERBS = frozenset(
    "reach reached reaching stand stood remain remains remained become became get got make made take took taken give gave given come"
    " came go went include includes included including involve provide provided provides do did does done number amount amounted"
    " set happen happened occur occurred place use used".split()
)
"""Verbs that say little."""
_GRAVE = (
    "kill die dead murder suicide arrest convict guilty jail prison sentence rape abuse assault stab shoot shot bomb explosion terrorist"
    " terrorism bankrupt bankruptcy fraud corrupt bribe cancer overdose drown hostage kidnap torture racist divorce pregnant"
).split()


@functools.cache
def grave_senses() -> frozenset[str]:
    """What nobody may be told on anything but a passage that says so."""
    return frozenset(sense_of(_stem(word)) for word in _GRAVE)


@functools.cache
def known_words() -> frozenset[str]:
    """Stems that are in one of the lists here, and so are no names."""
    return frozenset(_senses()) | frozenset(poles())


@functools.cache
def sense_of(stem: str) -> str:
    """One stem for all stems that may stand for each other."""
    return _senses().get(stem, stem)


@functools.cache
def poles() -> dict[str, tuple[tuple[int, int], ...]]:
    """Word → the pairs that it is of, and on which side."""
    found: dict[str, list[tuple[int, int]]] = {}
    for number, pair in enumerate(_OPPOSITES.split("|")):
        for side, words in enumerate(pair.split("/")):
            for word in words.split():
                for form in {word, _stem(word)}:
                    found.setdefault(form, []).append((number, side))
    return {word: tuple(dict.fromkeys(pairs)) for word, pairs in found.items()}


def is_common(word: str) -> bool:
    """Whether a word, lower case, is one of every day."""
    return word in COMMON or (word.endswith("s") and word[:-1] in COMMON)


@functools.cache
def _senses() -> dict[str, str]:
    """The first group that a word is in counts, so that no chain of groups grows."""
    found: dict[str, str] = {}
    for group in _ALIKE.split("|"):
        words = [_stem(word) for word in group.split() if "_" not in word]
        for word in words:
            found.setdefault(word, words[0])
    return found


def _stem(word: str) -> str:
    return "".join(stems(word)) or word
