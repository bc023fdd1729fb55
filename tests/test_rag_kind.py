"""The kind of a question, recognised by its form: questions as people type them, a few dozen of each kind."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.question.kind import kind_of_question, parts_of
from rag.types import Kind

RIGHT = 0.9
"""Least share of each kind that is recognised; form alone is not always enough."""

ASKED = {
    Kind.FACT: """
        Which U.S. senator from Tarmeya resigned over the ferry contract?
        Ida Marsh, a pilot and painter, died this week at 90. She was the first woman to receive which medal?
        Divers are looking for a statue that was stolen from which museum?
        Which airline said this week that it will weigh its passengers?
        Which virus closed the schools of Marrow Vale?
        What is the name of the mayor's new deal with the seafarers' union?
        Who leads the seafarers' union?
        When was the Kestrel Bridge closed?
        How many people fell ill in Marrow Vale?
        Where will the Petrel satellite be launched?
        Which company built the Skarn tunnel?
        How much does the new ferry cost?
        what year did the old brewery shut
        who's the new governor of the national bank
        How long is the tunnel under Mount Skald?
        What is the main lending rate?
        At what time did the fire start?
        Whose boat was found off Lyngsey?
        In which town was the winning ticket sold?
        how old is Mara Holm?
        What was the final score?
        how far is it from Tolva to Brennick by ferry
        Who did the jury give the Quill prize to?
        What colour is the new flag?
        How often does the island ferry run?
        By how much did bread prices rise in July?
        Since when has the library been open at night?
        ok so who won
        Can you tell me when the strike ends?
        I was wondering who owns the archive in Velmark
        What percentage of the vote did the Harbour List get?
    """,
    Kind.YES_NO: """
        Did the ferries sail on Monday?
        Is the Kestrel Bridge open?
        Has anyone been arrested?
        Will the strike go on next week?
        Was the museum insured?
        Are the stolen cups back?
        Do the islanders get their mail?
        Can I drink the water in Marrow Vale?
        is it true that the governor resigned?
        Were there any survivors?
        Does the new tunnel charge a toll?
        Could the launch be delayed again?
        hasn't the brewery been sold already?
        so did they find the thieves
        The strike is over, right?
        have the seals come back to the tern islands
        Should people in Dolvena boil their water?
        Is the mayor going to resign?
        Did Rovers win?
        Isn't the bridge from 1911?
        Are there still soldiers in Tarmeya?
        Would the bank raise rates in autumn?
        did it rain at the festival?
        Is that true?
        Am I allowed to swim in the Arvel?
    """,
    Kind.WHY: """
        Why was the bridge closed?
        Why did the governor resign?
        why are the ferries not running
        What caused the fire at the Torsund yard?
        What led to the water scare in Marrow Vale?
        how come nobody was told about the cracks?
        What's the reason for the delay?
        What were the reasons given for closing the brewery?
        What was behind the rise in bread prices?
        Why isn't the tunnel open yet?
        What made the seafarers go on strike?
        For what reason was the launch put off?
        What triggered the landslide?
        What prompted the inquiry?
        why no ferry today?
        What explains the fall in seal numbers?
        but why did they sell it
        What was the cause of the crash near Velmark?
        Why do the islanders want a second harbour?
        What sparked the row over the stadium?
        Why are there so few fish in the Arvel
        Why has Marrow Vale no clean water, and nobody is punished?
        what drove the price of bread up
        What is the point of the new law?
        Could you tell me why the library opens at night?
    """,
    Kind.HOW: """
        How did the thieves get into the museum?
        How does the new vaccine work?
        How was the fire put out?
        how do you get to the islands now
        How are votes counted in Dunmoor?
        How can I get a refund for my ferry ticket?
        How were the cups found?
        how will the bridge be repaired
        In what way does the new law help tenants?
        How did Rovers win the cup?
        How is the canal kept clean?
        How do the seals survive the winter?
        How has the town paid for the footbridge?
        How did the mediator end the strike?
        What's the process for choosing a governor?
        What is the plan for rebuilding Tarmeya?
        how did they notice the cracks
        How are the stadium and the tram going to be paid for?
        how would a rate cut affect savers?
        How does a sprinkler damage an archive?
        How is the toll worked out
        What is the trick with the two tickets?
        How did the water get contaminated?
        and how does that work
    """,
    Kind.SAID: """
        What did the mayor say about the bridge?
        What does Mara Holm think of the offer?
        What did the police say?
        How did the union react to the offer?
        How did the minister respond?
        What do critics say about the stadium?
        what did the company tell its workers
        What has the governor said about inflation?
        How did the owner describe the damage?
        what are people saying about the library
        What was the reaction to the resignation?
        What was the mayor's response to the report?
        What do doctors recommend?
        What did engineers warn of?
        Reactions to the rate rise
        how did fans feel about the new stadium?
        What did the witness claim?
        What does the opposition want?
        What did the president promise the flood victims?
        What do experts think will happen to bread prices?
        What did Kang Yu-jung announce and say?
        How has the bank justified the rise?
        What were the residents complaining about?
        What is the union's position?
        Criticism of the flood relief
    """,
    Kind.LIST: """
        Which countries sent help to Tarmeya?
        What are the demands of the union?
        Who are the candidates for mayor?
        List the winners of the Quill prizes
        Name the towns that were flooded.
        Which islands are cut off?
        who else was nominated
        Which outlets in Dunmoor are closed to voters?
        What are some of the side effects of the vaccine?
        Which schools were closed because of the water?
        give me the names of the ministers who resigned
        What streets are blocked?
        Which ferries still sail?
        What are all the stops of the new tram?
        What places did Lee visit in Tokyo?
        What products have been recalled?
        which players got a red card
        Which people were arrested after the theft?
        What things did the thieves take?
        What cities did the delegation go to?
        A list of victims of the fire
        Which parties sided with the governor?
        What bridges were built by Aurelia Stenmark?
        What are the rules for the night library?
    """,
    Kind.COMPARE: """
        Compare the two rescue plans for the brewery.
        How does the police figure differ from the organisers'?
        What is the difference between the first and the final trial?
        Which count is higher, the company's or the office's?
        Is the new tunnel longer or shorter than the old one?
        Is bread cheaper in Hessling or in Dunmoor?
        the old stadium versus the new one
        How does this flood compare with the one of 1954?
        What changed between the first and the second count?
        comparison of the two offers to the seafarers
        How do the two parties differ from each other on tolls?
        What has changed from the first plan to the second?
        How has the number of seals changed since 2010?
        did more people vote in Dunmoor or in Ollenby?
        Was the fire worse in Grenholt or in Torsund?
        What was the market like before and after the fire?
        How does the Norvik ferry stack up against the northern line?
        differences between the Post's and the Echo's reports
        Comparing the two trials, what stands out?
        What's different about the new law from the old one?
        Is the water safer now or last week?
        Compared to last year, how are bread prices?
        Which ferry is faster, the Gull or the Tern?
        Who is older, Holm or Strand?
    """,
    Kind.MULTI: """
        Who won the race, and when is the next one?
        When did the strike begin and why did it end?
        Where was the ticket sold and who bought it?
        How many were killed, and how many were hurt?
        What is the rate now and when was it last changed?
        Who leads the union? When was she elected?
        Which bridge was closed and how long will it stay closed?
        why did the governor resign and who follows him
        When does the tunnel open, and is there a toll?
        Who stole the cups and where were they found?
        What burned and how did it start?
        Is the water safe, and since when?
        When was the brewery built and who designed it?
        What did the mayor say and how did the union react?
        who is Mara Holm and what does she want?
        How high did the river rise and which towns were flooded?
        What does the vaccine do and does it have side effects?
        Who built the footbridge, and what did it cost?
        When was the satellite launched and from where?
        Did Rovers win, and who scored?
        Why are prices rising? And what is the government doing about it?
        Where does the canal begin and where does it end?
        Who was arrested and for what?
        When do the schools open again and what will it cost?
    """,
    Kind.STORY: """
        What happened to the Kestrel Bridge?
        What's going on with the ferries?
        what happend in tarmeya
        What went wrong at the archive?
        Tell me about the museum theft.
        What's the story with the old brewery?
        What's the deal with the stadium?
        wtf happened in Marrow Vale
        What is happening in Dunmoor?
        Catch me up on the strike
        Tell me more about the seal count
        What do we know about the fire in Grenholt?
        What is known about the thieves?
        What's all this about a new governor?
        fill me in on the canal
        What is the controversy over the toll?
        What happened at the launch?
        How did the vote turn out?
        What was the scandal at the bank?
        what's up with bread prices
        I heard about a fire on Chapel Row
        What happened when the sprinkler went off?
        Tell us everything about the Skarn tunnel
        how did the trial end up?
        What's the drama about the footbridge?
    """,
    Kind.TOPIC: """
        Kestrel Bridge
        ferry strike
        lowland fever vaccine
        Mara Holm
        Tarmeya flood toll
        seals on the Tern Islands
        the old brewery
        bread prices Hessling
        Quill prizes
        museum theft Brennick
        central bank rate
        rovers stadium
        Skarn tunnel toll
        canal Merlay
        cheese recall
        Lee in Tokyo
        night library Yunping
        Petrel satellite
        drinking water Marrow Vale
        Chapel Row fire
        Dunmoor election
        the governor's resignation
        islands and mail
        Ollenby march
    """,
    Kind.LATEST: """
        What's the latest on the strike?
        Latest news from Tarmeya
        Any news on the stolen cups?
        Where do things stand with the stadium?
        any updates on the bridge?
        What is the current state of the talks?
        What's new with the Petrel launch?
        newest numbers on the flood
        What is the status of the inquiry?
        How is the rebuilding going?
        Any progress in the talks with the seafarers?
        most recent seal count
        any developments in the museum case?
        Current situation in Marrow Vale
        What's the news on the canal?
        how are the repairs coming along
        Where does the case stand now?
        as things stand, will the tunnel open in May?
        any word from the mediator?
        update on the ferry strike please, any updates on it?
        how is the trial going
        What are the latest figures?
        Where are we now with the vaccine?
        what's the current status of the footbridge?
    """,
    Kind.SUMMARY: """
        Summarise the ferry strike.
        Give me an overview of the rate decision
        summary of the museum theft
        What's the background to the strike?
        Recap the trial for me
        Can you sum up the debate about the stadium?
        explain the water scandal like I'm five
        tl;dr on the brewery
        In a few words, what is the inquiry about?
        Bring me up to speed on Tarmeya
        Brief me on the election in Dunmoor.
        the gist of the governor's speech
        Explain the row over the toll.
        What are the key points of the new law?
        a quick rundown of the Quill prizes
        What are the main points of the report?
        Give me the short version of the bridge story
        Summarize what the Post wrote about the launch
        History of the Kestrel Bridge
        lowland fever 101
        What's the big picture on bread prices?
        in short, what does the mediator propose?
        Could you please summarise the flood?
        backstory of the Ollenby march
    """,
    Kind.TIMELINE: """
        Timeline of the ferry strike
        Give me a chronology of the fire.
        What happened in Tarmeya, day by day?
        List the events in chronological order
        Walk me through the strike from start to finish
        How did the scandal unfold?
        How has the strike developed?
        How did the night of the theft play out?
        Key dates in the history of the tunnel
        the sequence of events at the archive
        What came first, the resignation or the report?
        Tell me step by step how the talks went
        What happened between the first and the second count?
        events leading up to the resignation
        How did the fire spread?
        Put the reports about the bridge in order
        the flood week by week
        What happened and when?
        The main decisions of the bank, with dates
        How did the plan evolve over the years?
        How did we get from a crack to a closed bridge?
        make a time-line of the petrel launch
        key moments of the match
        How did the outbreak progress?
    """,
    Kind.ARTICLES: """
        Which articles do you have about the strike?
        Do you have any stories on bread prices?
        Show me articles about the Kestrel Bridge
        list all reports about Tarmeya
        How many articles mention Mara Holm?
        Which outlets reported on the flood?
        What newspapers covered the launch?
        find stories about seals
        Are there any articles on the canal?
        How many stories are there about the stadium?
        Which papers wrote about the theft?
        got any pieces on cheese?
        show me articles on the tunnel
        What coverage do you have of the trial?
        Give me all articles from the Tolva Post
        how many reports about the fire?
        Which sources mention the mediator?
        Show all stories by Mara Lind
        What documents do you have about the inquiry?
        which outlets carried the correction?
        Do you have articles covering the election?
        Find reports that mention the governor
        any coverage of the footbridge?
        List the articles about water.
    """,
    Kind.META: """
        Hi
        hello there!
        Good morning
        thanks
        Thank you very much!
        thx, that helped
        ok cool
        bye
        help
        What can you do?
        What can I ask?
        How does this work?
        What is Dateline?
        Who are you?
        How many articles do you have?
        How many sources are there in the library?
        Which outlets do you have?
        What newspapers are in the library?
        What days does the library cover?
        How far back does your archive go?
        How recent are your articles?
        What languages can you read?
        what do you know?
        What kind of questions can I ask?
        great, thank you
        good evening dateline
    """,
}
CASES = {kind: [line.strip() for line in lines.strip().splitlines()] for kind, lines in ASKED.items()}

DAYS = """
    What happened yesterday?
    what happened on 12 August 2025
    What was in the news last week?
    What's new today?
    News of yesterday
    yesterday
    today's headlines
    12 August 2025
    What were the headlines on Monday?
    What is happening today?
    last week
    the news
    August 2025
    what's in the news
    What had happened by Friday?
    anything new?
    Monday's news
    what was going on in March
    What's making headlines today?
    News from the first week of May
    headlines
    What happened on the first of May?
    what's going on
    Monday
"""


@pytest.mark.parametrize("kind", CASES)
def test_what_is_asked_for(kind: Kind) -> None:
    found = {question: kind_of_question(question) for question in CASES[kind]}
    wrong = {question: str(one) for question, one in found.items() if one is not kind}
    assert len(found) >= 24
    assert len(wrong) <= (1 - RIGHT) * len(found), wrong


def test_every_kind_but_pasted_words_is_told_by_its_form() -> None:
    assert {*CASES, Kind.DAY, Kind.QUOTATION} == set(Kind)


@pytest.mark.parametrize("question", [line.strip() for line in DAYS.strip().splitlines()])
def test_days_alone(question: str) -> None:
    assert kind_of_question(question, only_days=True) is Kind.DAY


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who resigned yesterday?", Kind.FACT),
        ("Did the ferries sail on Monday?", Kind.YES_NO),
        ("How many articles do you have about August 2025?", Kind.ARTICLES),
    ],
)
def test_a_question_that_asks_for_more_than_days(question: str, kind: Kind) -> None:
    assert kind_of_question(question, only_days=True) is kind


def test_what_only_leads_in_changes_nothing() -> None:
    for question in ("Who leads the union?", "Did the ferries sail?", "Why was the bridge closed?", "What happened?"):
        asked = question[0].lower() + question[1:]
        for lead in ("So, ", "hey, ", "Just wondering: ", "Quick question: ", "ok so "):
            assert kind_of_question(lead + asked) is kind_of_question(question), lead + asked


def test_the_sentence_that_asks_decides() -> None:
    assert kind_of_question("I live on the islands. The mail is late. Why are there no ferries?") is Kind.WHY


@given(st.text(max_size=200))
@example("")
@example("???")
@example("\n")
def test_every_text_has_a_kind_and_parts(text: str) -> None:
    assert kind_of_question(text) in Kind
    assert kind_of_question(text, only_days=True) in Kind
    assert 1 <= len(parts_of(text)) <= 2


@pytest.mark.parametrize("question", [case for cases in CASES.values() for case in cases])
def test_neither_case_nor_spaces_nor_the_form_of_an_apostrophe_matter(question: str) -> None:
    kind = kind_of_question(question)
    assert kind_of_question(question.upper()) is kind
    assert kind_of_question(f"  {question.replace(' ', '  ')} ") is kind
    assert kind_of_question(question.replace("'", "’")) is kind


# --- two questions in one --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Who won the race, and when is the next one?", "Who won the race", "when is the next one?"),
        ("When did the strike begin and why did it end?", "When did the strike begin", "why did it end?"),
        ("Who leads the union? When was she elected?", "Who leads the union", "When was she elected?"),
        ("Where was it sold, and also who bought it?", "Where was it sold", "who bought it?"),
    ],
)
def test_two_questions_come_apart_and_the_second_keeps_the_first_in_sight(
    question: str, first: str, second: str
) -> None:
    one, other = parts_of(question)
    assert one == first
    assert other.startswith(second)
    assert first in other


@pytest.mark.parametrize(
    "question",
    [
        "Who won the race and the cup?",
        "How many people were killed and hurt in the fire?",
        "What do the police and the firemen say?",
        "Why was the bridge closed?",
        "ferry strike",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert parts_of(question) == (question,)
