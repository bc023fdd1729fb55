"""Words of every day with which a sentence may begin: their capital there does not make them names."""

from __future__ import annotations

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


def is_common(word: str) -> bool:
    """Whether a word, lower case, is one of every day."""
    return word in COMMON or (word.endswith("s") and word[:-1] in COMMON)
