"""English as far as drafting needs it: verbs with their base forms, names, numbers, days, and what points elsewhere."""

from __future__ import annotations

import re

BASES = dict(
    pair.split(":")
    for pair in (
        "became:become began:begin bought:buy broke:break built:build caught:catch chose:choose cost:cost cut:cut died:die "
        "drew:draw fell:fall found:find gave:give got:get grew:grow held:hold hosted:host hit:hit kept:keep left:leave "
        "lost:lose made:make met:meet paid:pay ran:run rose:rise saw:see sent:send shot:shoot sold:sell spent:spend "
        "stole:steal struck:strike swept:sweep threw:throw took:take was:be were:be won:win wrote:write "
        "accepted:accept acquired:acquire adopted:adopt announced:announce approved:approve arrested:arrest "
        "arrived:arrive attacked:attack attended:attend banned:ban beat:beat borrowed:borrow burned:burn canceled:cancel "
        "cancelled:cancel captured:capture carried:carry charged:charge closed:close collected:collect crashed:crash "
        "created:create declared:declare defeated:defeat delivered:deliver destroyed:destroy discovered:discover "
        "donated:donate earned:earn employed:employ ended:end endorsed:endorse established:establish expelled:expel "
        "filed:file fined:fine fired:fire founded:found gained:gain generated:generate grossed:gross hired:hire "
        "imposed:impose injured:injure installed:install introduced:introduce invested:invest issued:issue "
        "joined:join killed:kill landed:land lasted:last launched:launch leased:lease lifted:lift lowered:lower "
        "married:marry moved:move named:name offered:offer opened:open ordered:order owned:own owed:owe passed:pass "
        "performed:perform played:play pleaded:plead pledged:pledge posted:post premiered:premiere produced:produce "
        "promised:promise published:publish purchased:purchase raised:raise reached:reach received:receive "
        "recorded:record recovered:recover released:release replaced:replace reported:report rescued:rescue "
        "resigned:resign retired:retire returned:return saved:save scored:score served:serve settled:settle signed:sign "
        "started:start stopped:stop suffered:suffer suspended:suspend testified:testify toured:tour unveiled:unveil "
        "visited:visit voted:vote walked:walk withdrew:withdraw"
    ).split()
)
"""Past tense → base form. A verb that is not here is not asked about with "did"."""
TRANSITIVE = frozenset("killed injured arrested charged shot fined found rescued captured hit made given".split())
"""Right before a preposition these are participles: "two people killed in a crash"."""
PRESENT = dict(
    pair.split(":")
    for pair in (
        "carries:carry contains:contain costs:cost covers:cover earns:earn employs:employ has:have holds:hold "
        "includes:include needs:need offers:offer operates:operate owns:own produces:produce receives:receive "
        "represents:represent requires:require serves:serve supplies:supply weighs:weigh"
    ).split()
)
"""Third person → base form, for questions with "does"."""
MORE_PAST = frozenset(
    "said told thought knew felt spoke stood sat wore drove flew fought sought taught swore dealt meant understood "
    "brought came sang set is was has had will".split()
)
"""Verbs that may follow "Who" beside those of `BASES` and those in -ed."""

MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
PART = "(?: (?:morning|afternoon|evening|night))?"
_SHORT_MONTH = r"(?:Jan|Feb|Aug|Sept?|Oct|Nov|Dec)\."
_DAY = rf"(?:(?:{MONTH}|{_SHORT_MONTH}) \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} (?:{MONTH})(?: \d{{4}})?)"
_YEAR = r"(?:1[6-9]|20)\d\d"
DATE = rf"(?:on (?P<day>{_DAY}|{WEEKDAY}{PART})|in (?P<month>(?:(?:{MONTH}) (?:of )?)?{_YEAR}|{MONTH}))\b"

_SCALE = "(?: (?:hundred|thousand|million|billion|trillion))"
_COUNTS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
NUMBER = rf"(?:(?!{_YEAR}\b)\d[\d,]*(?:\.\d+)?{_SCALE}?|(?i:{_COUNTS}){_SCALE}?)"
HEDGE = (
    r"(?i:about|some|around|nearly|almost|roughly|approximately|at least|more than|over|up to|only|just|a total of|"
    r"as many as|an estimated|fewer than|less than)"
)
_COINS = "crowns|dollars|euros|pounds|yen|won"
MONEY = rf"(?:[$£€]\s?\d[\d,.]*\d?{_SCALE}?|{NUMBER} (?:{_COINS}))"
_UNCOUNTED = rf"(?:percent|percentage|degrees|times|dozen|cases|{_COINS})\b"
_PLURAL = rf"(?:people|men|women|children|(?!{_UNCOUNTED})[a-z][a-z-]*[^su\W]s)"
_MODIFIERS = r"(?:(?!(?:dozen|percentage|of|and|or|in|to|for|on|at|per|more|other|as|from|by|with|without|under|over|than|after)\b)[a-z][a-z-]* ){0,2}"
COUNTED = rf"(?:{HEDGE} )?(?P<number>{NUMBER}) (?P<noun>{_MODIFIERS}{_PLURAL})\b"

NAME = r"(?:(?:Mc|Mac|De|La|Di|O[’'])?[A-Z][a-zà-ÿ]+(?:-[A-Z]?[a-zà-ÿ]+)*)"
PERSON = rf"{NAME} (?:[A-Z]\. )?{NAME}"
ROLE = (
    "president|minister|governor|mayor|senator|representative|secretary|judge|justice|director|manager|chair|chairman|"
    "chairwoman|chief|leader|spokesperson|spokesman|spokeswoman|officer|inspector|captain|coach|engineer|economist|"
    "professor|attorney|lawyer|prosecutor|actor|actress|singer|rapper|author|writer|journalist|analyst|commissioner|"
    "ambassador|king|queen|prince|princess|pope|executive|founder|councillor|head|quarterback|player|comedian|musician|"
    "host|investigator|surveyor|shopkeeper|teacher|sheriff|superintendent"
)
TITLE = (
    r"President|Vice President|Prime Minister|Sen\.|Rep\.|Gov\.|Dr\.|Mayor|Judge|Justice|Secretary|King|Queen|Prince|"
    r"Princess|Pope|Sir|Attorney General|Detective Inspector|Inspector|Chief|Sheriff|Professor|Gen\.|Lt\.|Capt\.|Rabbi"
)
BEFORE_NAME = rf"(?:(?:[A-Z][\w.’'-]* )?(?:[a-z][\w-]* ){{0,2}}(?i:{ROLE})|(?:[A-Z]\w* ){{0,2}}(?:{TITLE}))"
NO_PERSON = re.compile(
    r"\b(?:The|Though|West|East|North|South|New|San|Saint|When|While|After|Before|As|If|Since|Although|In|On|At|For|Bank|University|College|Police|Department|Council|"
    r"Committee|County|City|State|States|School|Court|House|Party|Post|Times|News|Journal|Tribune|Group|League|Union|"
    r"Association|Museum|Church|Hospital|Center|Centre|Institute|Board|Office|Agency|Service|Street|Park|Valley|River|"
    r"Lake|Island|Islands|Bay|Beach|Airlines|Airport|Studios|Pictures|Games|Bowl|Cup|Kingdom|Korea|Zealand|Africa|"
    r"America|York|Angeles|Jersey|Carolina|Dakota|Hampshire|Mexico|Virginia|Congress|Senate|Republicans?|Democrats?)\b"
)

POINTS_BACK = re.compile(
    r"\b(?:today|yesterday|tomorrow|tonight|now|currently|recently|ago|earlier|later|so far|this|these|those|such|here|"
    r"there|it|they|them|latter|former|another|others?|both|same|next|last|meanwhile|however|instead|further|again|similar)\b|"
    rf"\b{WEEKDAY}\b",
    re.IGNORECASE,
)
"""Words that mean something only beside the sentences before, or on the day of the article."""
OPENINGS = frozenset(
    "he she it they we i you his her its their this that these those there here and but or so yet also however still "
    "then meanwhile instead such another other others both neither either each most many".split()
)
SPEAKER = re.compile(r"\b(?:I|we|our|us|my|you|your|me)\b")
NOT_PLAIN = re.compile(
    r"[\"“”«»()\[\]:;?!*|…/]|[‘']\w[^’']*\s[^’']*[’'](?!\w)|--|—| – |, (?:left|right|center|second from)|Getty|\bAP\b"
    r"| [A-Z]\.$"
)
"""Quotations, asides, captions of pictures."""
PREPOSITIONS = frozenset(
    "of in at for to on from by with between against among near under over about after before during into within".split()
)
DETERMINERS = frozenset("the a an its his her their this that these those more most no any every each".split())
CLAUSE = re.compile(
    r"\b(?:that|who|whom|which|whose|what|and|but|or|after|before|because|when|while|where|if|as|since|until|though|"
    r"although|said|says|told|than|not|is|are|was|were|will|would|has|have|had|believe|think|hope|expect|know|say|"
    r"claim|fear|want|reports)\b|[,;:]"
)
"""What a plain main clause does not have: a second verb, a joined or dependent clause."""
KNOWN_TO_ALL = frozenset(
    "world public internet economy presidency president government federal general first second third only end most best "
    "largest biggest highest lowest".split()
)
"""First words behind "the" that need no earlier sentence."""
