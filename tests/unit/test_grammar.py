import os
import pickle
import re
import sys
import time
import tomllib
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ops.bench.grammar import SETS, correct_of, corrected, figures, mistaken_of
from workers.engines.grammar import harper
from workers.engines.grammar.checker import Checker
from workers.engines.grammar.fluency import shipped_fluency
from workers.engines.grammar.forms import base_of, form, surface_tag
from workers.engines.grammar.pattern import article
from workers.engines.grammar.rules import Rule, shipped_rules
from workers.engines.grammar.syntax import compiled
from workers.engines.grammar.tagger import PlainData, Tagger, shipped_tagger
from workers.engines.grammar.varieties import british, korean, made_of_words
from workers.engines.grammar.words import END, START, Word, sentences_of, words_of

_RULES = tomllib.loads(Path("workers/engines/grammar/rules.toml").read_text("utf-8"))
_SOURCES = [line for entry in _RULES["rules"] for line in entry["patterns"].splitlines() if line and line[0] != "#"]
_LISTS = {"seasons": ["spring", "summer"], "places": ["in", "at"]}


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    Checker.preload()


def _sentence(text: str) -> list[Word]:
    """`he/PRP goes/VBZ` as a sentence."""
    pairs = [pair.rsplit("/", 1) for pair in text.split()]
    words, start = [Word(0, 0, "", START)], 0
    for word, tag in pairs:
        words.append(Word(start, start + len(word), word, word.lower(), tag))
        start += len(word) + 1
    return [*words, Word(start - 1, start - 1, "", END)]


def _applied(pattern: str, tagged: str, gain: float | None = None) -> str:
    sentence = _sentence(tagged)
    text = " ".join(word.text for word in sentence[1:-1])
    rule = Rule("x", "", "", gain, (compiled(pattern, _LISTS),))
    return corrected(text, list(rule.findings(text, sentence))[:1])


@pytest.mark.parametrize(
    ("pattern", "tagged", "result"),
    [
        ("to [ home ] ->", "go/VB to/TO home/NN now/RB", "go to now"),
        ("he [ VB ] -> FIRST.VBZ", "he/PRP go/VB", "he goes"),
        ("he [ VB* ] -> went", "he/PRP goes/VBZ", "he went"),
        ("=enjoy|finish [ to VB ] -> LAST.VBG", "I/PRP finished/VBD to/TO run/VB", "I finished running"),
        ("in [ @seasons ] -> winter", "in/IN summer/NN", "in winter"),
        ("he [ !goes ] -> x", "he/PRP goes/VBZ he/PRP ran/VBD", "he goes he x"),
        ("he [ VB&!go ] -> x", "he/PRP go/VB he/PRP do/VB", "he go he x"),
        ("he RB? [ VB ] -> x", "he/PRP often/RB go/VB", "he often x"),
        ("he RB? [ VB ] -> x", "he/PRP go/VB", "he x"),
        ("a JJ~ [ NNS ] -> FIRST.NN", "a/DT big/JJ old/JJ dogs/NNS", "a big old dog"),
        (
            "he [ VB ] .. yesterday -> FIRST.VBD",
            "he/PRP go/VB to/TO school/NN yesterday/NN",
            "he went to school yesterday",
        ),
        ("he [ VB ] .. yesterday -> FIRST.VBD", "he/PRP go/VB ,/, yesterday/NN", "he go , yesterday"),
        ("although ... [ but ] ->", "although/IN x/NN ,/, but/CC y/NN", "although x , y"),
        ("^ [ he ] -> she", "he/PRP saw/VBD he/PRP", "she saw he"),
        ("[ me ] $ -> I", "me/PRP saw/VBD me/PRP", "me saw I"),
        ("[ _ ] x -> y", "b/NN x/NN", "y x"),
        ("=listen [ ] music -> to", "listen/VB music/NN", "listen to music"),
        ("what NN [ ] you -> do", "What/WP kind/NN you/PRP like/VB", "What kind do you like"),
        ("is [ ] NN -> a~", "is/VBZ engineer/NN", "is an engineer"),
        ("where [ is PRP ] -> LAST FIRST", "where/WRB is/VBZ he/PRP", "where he is"),
        ("on JJ [ day ] -> \\2", "on/IN good/JJ day/NN", "on good good"),
        ("[ do ] n't -> does", "He/PRP do/VBP n't/RB", "He does n't"),
        ("in [ _ ] -> FIRST.CAP", "in/IN korea/NN", "in Korea"),
        ("in [ _ ] -> FIRST.CAP", "in/IN YouTube/NN", "in YouTube"),
        ("[ _ ] it -> FIRST.VBZ", "-/VB it/PRP", "- it"),
    ],
)
def test_a_pattern_proposes_what_to_write(pattern: str, tagged: str, result: str):
    assert _applied(pattern, tagged) == result


def test_of_alternatives_the_likeliest_is_taken():
    assert _applied("go [ @places ] school -> of / to / by", "go/VB in/IN school/NN") == "go to school"


def test_what_the_model_finds_no_likelier_is_not_said():
    tagged = "I/PRP went/VBD to/TO school/NN"
    assert _applied("[ to ] -> of", tagged, gain=0.0) == "I went to school"
    assert _applied("[ to ] -> of", tagged) == "I went of school"


def test_the_model_does_not_judge_words_that_it_does_not_know():
    assert _applied("[ zxqqy ] -> the", "see/VB zxqqy/NN man/NN", gain=0.0) == "see zxqqy man"


@pytest.mark.parametrize("source", ["a b -> c", "[ a ] b", "[ a ] [ b ] -> c"])
def test_what_is_no_pattern_is_refused(source: str):
    with pytest.raises(ValueError, match="not a pattern"):
        compiled(source, {})


def test_a_list_that_is_not_there_is_refused():
    with pytest.raises(KeyError):
        compiled("[ @unknown ] -> a", {})


def test_no_pattern_stands_twice():
    assert len(_SOURCES) == len(set(_SOURCES))


@pytest.mark.parametrize("source", _SOURCES)
def test_a_pattern_refers_to_elements_that_it_has(source: str):
    elements = compiled(source, {name: words.split() for name, words in _RULES["lists"].items()}).elements
    assert all(1 <= int(number) <= len(elements) for number in re.findall(r"\\(\d+)", source))


def test_notes_are_in_both_languages_and_say_what_to_write():
    notes = [(entry["en"], entry["ko"]) for entry in _RULES["rules"]]
    notes += [
        (note["en"], note["ko"])
        for note in tomllib.loads(Path("workers/engines/grammar/harper.toml").read_text("utf-8"))["notes"].values()
    ]
    for en, ko in notes:
        assert "{suggestion}" in en
        assert "{suggestion}" in ko
        assert re.search("[가-힣]", ko)


@pytest.mark.parametrize(
    ("word", "tag", "wanted", "result"),
    [
        ("went", "VBD", "VBG", "going"),
        ("stop", "VB", "VBD", "stopped"),
        ("visit", "VB", "VBD", "visited"),
        ("studies", "VBZ", "VB", "study"),
        ("making", "VBG", "VB", "make"),
        ("lie", "VB", "VBG", "lying"),
        ("countries", "NNS", "NN", "country"),
        ("wife", "NN", "NNS", "wives"),
        ("big", "JJ", "JJR", "bigger"),
        ("happy", "JJ", "JJS", "happiest"),
        ("nervously", "RB", "ADJ", "nervous"),
        ("careful", "JJ", "LY", "carefully"),
        ("is", "VBZ", "PL", "are"),
        ("walks", "VBZ", "PL", None),
    ],
)
def test_words_have_forms(word: str, tag: str, wanted: str, result: str | None):
    assert form(word, tag, wanted) == result


def test_a_verb_that_only_looks_inflected_is_its_own_base():
    assert base_of("need", "VB") == "need"
    assert surface_tag("need", "VB") == "VB"
    assert surface_tag("speaks", "VB") == "VBZ"
    assert surface_tag("enjoying", "VB") == "VBG"
    assert surface_tag("bring", "VB") == "VB"
    assert surface_tag("2015", "CD") == "YEAR"


@pytest.mark.parametrize(
    ("following", "result"),
    [("apple", "an"), ("university", "a"), ("hour", "an"), ("European", "a"), ("MBA", "an"), ("8", "an"), ("one", "a")],
)
def test_the_article_goes_by_the_sound(following: str, result: str):
    assert article(following) == result


def test_words_are_tagged():
    assert shipped_tagger().tags(["She", "goes", "home", "."]) == ["PRP", "VBZ", "NN", "."]


def test_the_tag_with_the_highest_sum_is_taken_and_of_two_the_later_one_in_the_alphabet():
    weights = {
        "i word plays": {"NNS": 0.1, "VBZ": 0.2},
        "i suffix ays": {"NNS": 0.2, "VBZ": -40.1, "VB": -1.5},
        "i-1 tag DT": {"VBZ": 40.1, "NNS": -0.1},
        "i pref1 x": {"UH": -2.0},
        "i pref1 y": {"FW": 1.001, "UH": 1.0},
    }
    tagger = Tagger(weights, {"the": "DT"})
    # 0.1 + 0.2 - 0.1 and 0.2 - 40.1 + 40.1 are the same, and are not in binary fractions.
    assert tagger.tags(["the", "plays"]) == ["DT", "VBZ"]
    assert tagger.tags(["plays"]) == ["NNS"]
    assert tagger.tags(["x", "y"]) == ["UH", "FW"]


def test_weights_that_could_run_something_are_not_read():
    with pytest.raises(pickle.UnpicklingError, match="not plain data"):
        PlainData(BytesIO(pickle.dumps(os.getcwd))).load()


def test_contractions_are_two_words():
    assert [word.text for word in words_of("I don\u2019t, it's 7:30 o'clock.")] == [
        "I", "do", "n\u2019t", ",", "it", "'s", "7:30", "o'clock", ".",
    ]  # fmt: skip


def test_a_title_ends_no_sentence():
    assert len(sentences_of("Mr. Kim came at 3 p.m. today. He left! Why?")) == 3


@given(st.text())
def test_words_stand_where_they_say(text: str):
    words = [word for sentence in sentences_of(text) for word in sentence]
    assert all(text[word.start : word.end] == word.text for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))


_ENGLISH = st.lists(
    st.sampled_from(re.findall(r"\S+", "I he don't go to school 안녕 😀 , . ? is a an homeworks 2015 Seoul's im -")),
    max_size=12,
).map(" ".join)


@given(st.one_of(st.text(max_size=60), _ENGLISH))
@example("\u00df:P?0")  # a letter without a capital
def test_findings_stand_in_order_apart_and_inside_the_text(text: str):
    findings = Checker().check(text)
    assert all(0 <= one.start <= one.end <= len(text) for one in findings)
    assert all(one.end <= other.start for one, other in pairwise(findings))
    assert all(text[one.start : one.end] == one.original != one.suggestion for one in findings)
    assert findings == Checker().check(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("She don't like it.", "She doesn't like it."),
        ("Why you don't like it?", "Why don't you like it?"),
        ("I am agree with you.", "I agree with you."),
        ("I listen music every day.", "I listen to music every day."),
        ("Can you tell me where is the station?", "Can you tell me where the station is?"),
        ("I will definately come.", "I will definitely come."),
        ("Infront of the station I waited.", "In front of the station I waited."),
        ("I definelty like it.", "I definitely like it."),
        ("We ate it togather.", "We ate it together."),
        ("I play roblox with my brother.", "I play Roblox with my brother."),
        ("I want eat pizza.", "I want to eat pizza."),
        ("I am exciting about the trip.", "I am excited about the trip."),
        ("My brother like playing soccer.", "My brother likes playing soccer."),
        ("Where you went last weekend?", "Where did you go last weekend?"),
        ("the weather is nice.", "The weather is nice."),
        ("I think is important to have breakfast.", "I think it is important to have breakfast."),
        ("My brother he works in a hospital.", "My brother works in a hospital."),
        ("The number of students are increasing.", "The number of students is increasing."),
        ("i think they left there car here.", "I think they left their car here."),
        ("I have many friends in other country.", "I have many friends in other countries."),
        ("I goed home.", "I went home."),
        ("Thier house is big.", "Their house is big."),
        ("I red alot of books.", "I red a lot of books."),
        ("I went to school withmy brother.", "I went to school with my brother."),
        ("I studied hard becouse of the exam.", "I studied hard because of the exam."),
        ("Where are you from ? I like it.", "Where are you from? I like it."),
        ("I like  it.", "I like it."),
        ("I live in in Seoul.", "I live in Seoul."),
        ("In many big cities there are too many cars.", "In many big cities, there are too many cars."),
        ("Without the help of my friends the trip was boring.", "Without the help of my friends, the trip was boring."),
        ("Without water we will die.", "Without water, we will die."),
        ("By studying every day we will pass it.", "By studying every day, we will pass it."),
        ("As a teacher I help them.", "As a teacher, I help them."),
        ("Furthermore many people like it.", "Furthermore, many people like it."),
        ("I like it, however it is expensive.", "I like it, however, it is expensive."),
        ("They sell food for example apples.", "They sell food, for example apples."),
        ("We have books, toys etc.", "We have books, toys, etc."),
        ("I bought a phone which is very good.", "I bought a phone, which is very good."),
        ("There are a little chairs.", "There are a few chairs."),
        ("Another countries have it.", "Other countries have it."),
        ("Many of my friend is busy.", "Many of my friends are busy."),
        ("Students can learning it.", "Students can learn it."),
        ("This is the most cheap phone.", "This is the cheapest phone."),
        ("She married with a man.", "She married a man."),
        ("She is married with a man.", "She is married to a man."),
        ("I was borned in Busan.", "I was born in Busan."),
        ("I was shocked when I saw my exam results.", "I was shocked when I saw my exam results."),
        ("What does it called in English?", "What is it called in English?"),
        ("Where you are from?", "Where are you from?"),
        ("Do you know where is the post office?", "Do you know where the post office is?"),
        ("I am trying hardly.", "I am trying hard."),
        ("I was went to the park.", "I went to the park."),
        ("We were went to the park.", "We went to the park."),
        ("My grandfather was died.", "My grandfather died."),
        ("He plays every the Friday.", "He plays every Friday."),
        ("My friends house is big.", "My friend's house is big."),
        ("My parents car is new.", "My parents' car is new."),
        ("There are too much traffic.", "There is too much traffic."),
        ("Every student in my class have a phone.", "Every student in my class has a phone."),
        ("It is difficult for me understand it.", "It is difficult for me to understand it."),
        ("My parents are very worry about me.", "My parents are very worried about me."),
        ("I would liked to visit it.", "I would like to visit it."),
        ("If I would have money, I will travel.", "If I had money, I would travel."),
        ("Last summer I have been in Croatia.", "Last summer I was in Croatia."),
        ("Last summer we have been in Croatia.", "Last summer we were in Croatia."),
        ("I went to the market for buy some fruit.", "I went to the market to buy some fruit."),
        ("She very good at drawing.", "She is very good at drawing."),
        ("Despite he is rich, he lives in a small house.", "Although he is rich, he lives in a small house."),
        ("She can speaks Korean.", "She can speak Korean."),
        ("😀 He go to school.", "😀 He goes to school."),
        ("안녕하세요! I have many homeworks.", "안녕하세요! I have a lot of homework."),
        ("I feel a stress from work.", "I feel stress from work."),
        ("There are a many people.", "There are many people."),
        ("We saw many kind animal such as deer.", "We saw many kind animals such as deer."),
        ("What are the main reason that people move?", "What are the main reasons that people move?"),
        ("The number of tourists visiting Korea are growing.", "The number of tourists visiting Korea is growing."),
        ("Playing games too much make me tired.", "Playing games too much makes me tired."),
        ("The police is looking for him.", "The police are looking for him."),
        ("Each of these methods have a risk.", "Each of these methods has a risk."),
        ("The things that he said was hurtful.", "The things that he said were hurtful."),
        ("I have an aunt who live in Busan.", "I have an aunt who lives in Busan."),
        ("More people is using it.", "More people are using it."),
        ("This is the first time I eat Indian food.", "This is the first time I have eaten Indian food."),
        ("How long do you know him?", "How long have you known him?"),
        (
            "I was looking for my keys and I suddenly remember it.",
            "I was looking for my keys and I suddenly remembered it.",
        ),
        ("Could I asked you something?", "Could I ask you something?"),
        ("We haven't to wear a uniform.", "We don't have to wear a uniform."),
        ("She hasn't to go there.", "She doesn't have to go there."),
        ("I no like coffee.", "I don't like coffee."),
        ("It can be use for studying.", "It can be used for studying."),
        ("The building was consisted of three floors.", "The building consisted of three floors."),
        ("It is consisted of three parts.", "It consists of three parts."),
        ("They are consisted of three parts.", "They consist of three parts."),
        ("She has choose a nice dress.", "She has chosen a nice dress."),
        ("I can't stop to cry.", "I can't stop crying."),
        ("Instead of cook at home, we went out.", "Instead of cooking at home, we went out."),
        ("I prefer drink tea.", "I prefer to drink tea."),
        ("I would like that you send me a letter.", "I would like you to send me a letter."),
        ("I don't know what should do.", "I don't know what to do."),
        ("There are things we can do protect our planet.", "There are things we can do to protect our planet."),
        ("Almost my friends drive.", "Almost all my friends drive."),
        ("Almost people like it.", "Most people like it."),
        ("I have few money.", "I have little money."),
        ("There isn't some milk in the fridge.", "There isn't any milk in the fridge."),
        ("She hardly never goes out.", "She hardly ever goes out."),
        ("I have a lots of friends.", "I have a lot of friends."),
        ("I want the another one.", "I want another one."),
        ("Some of people like it.", "Some people like it."),
        ("Attention on others is good.", "Attention to others is good."),
        ("We must pay more attention on our health.", "We must pay more attention to our health."),
        ("She put an end of it.", "She put an end to it."),
        ("The film is about on a girl.", "The film is about a girl."),
        ("I booked the room by the internet.", "I booked the room on the internet."),
        ("There is a difference among Korea and Italy.", "There is a difference between Korea and Italy."),
        ("In the other hand, it is cheap.", "On the other hand, it is cheap."),
        ("They came in the same time.", "They came at the same time."),
        ("We can do it by this way.", "We can do it in this way."),
        ("I agree to this statement.", "I agree with this statement."),
        ("It depends of the weather.", "It depends on the weather."),
        ("She graduated high school last year.", "She graduated from high school last year."),
        ("We stayed according the plan.", "We stayed according to the plan."),
        ("He stood at entrance of the park.", "He stood at the entrance of the park."),
        ("It has been long time.", "It has been a long time."),
        ("Good teacher is kind.", "A good teacher is kind."),
        ("In the conclusion, I like it.", "In conclusion, I like it."),
        ("I skip the breakfast because I get up late.", "I skip breakfast because I get up late."),
        ("We took a bus to the Jeonju and ate.", "We took a bus to Jeonju and ate."),
        ("I really enjoyed.", "I really enjoyed it."),
        ("I met a man he can speak English.", "I met a man who can speak English."),
        ("The hotel which we stayed was nice.", "The hotel where we stayed was nice."),
        ("They hurt themself.", "They hurt themselves."),
        ("He hurt him self.", "He hurt himself."),
        ("He hurt hisself.", "He hurt himself."),
        ("My flat is more cheap and quiet.", "My flat is cheaper and quiet."),
        ("She is the more beautiful girl of the village.", "She is the most beautiful girl of the village."),
        ("My trip was very relaxed.", "My trip was very relaxing."),
        ("I was very impressive by the city.", "I was very impressed by the city."),
        ("The weather became coldly.", "The weather became cold."),
        ("You have ever been to Japan?", "Have you ever been to Japan?"),
        ("How can I do if I lose it?", "What can I do if I lose it?"),
        ("What is your favorite food.", "What is your favorite food?"),
        ("In Korea, have four seasons.", "In Korea, there are four seasons."),
        ("This is my dogs, Kong and Bori.", "These are my dogs, Kong and Bori."),
        ("I failed because of my lazy.", "I failed because of my laziness."),
        ("It is more convenience than a car.", "It is more convenient than a car."),
        ("It is more importance than money.", "It is more important than money."),
        ("It is more economy than a car.", "It is more economical than a car."),
        ("My hand phone is broken.", "My cell phone is broken."),
        ("We took a travel to Portugal.", "We took a trip to Portugal."),
        ("I want to make a question.", "I want to ask a question."),
        ("She made a question.", "She asked a question."),
        ("They say lies.", "They tell lies."),
        ("He said lies.", "He told lies."),
        ("He says lies.", "He tells lies."),
        ("Can you remember me to call her?", "Can you remind me to call her?"),
        ("The economical crisis was bad.", "The economic crisis was bad."),
        ("He was so drunken that he slept.", "He was so drunk that he slept."),
        ("I want to become success in life.", "I want to become successful in life."),
        ("He is a success person.", "He is a successful person."),
        ("Specially, I like pizza.", "Especially, I like pizza."),
        ("It was closed due to it was a holiday.", "It was closed because it was a holiday."),
        ("I like both cats or dogs.", "I like both cats and dogs."),
        ("If I would be you, I would go.", "If I were you, I would go."),
        ("As a conclusion, I like it.", "In conclusion, I like it."),
        ("I have many hobbies, for examples, soccer.", "I have many hobbies, for example, soccer."),
        ("Whose going to pick you up?", "Who's going to pick you up?"),
        ("Always I drink coffee.", "I always drink coffee."),
        ("I like very much music.", "I like music very much."),
        ("I have seen never such a sunset.", "I have never seen such a sunset."),
        ("We need a place where to sit.", "We need a place to sit."),
        ("We have to except that life is hard.", "We have to accept that life is hard."),
        ("Stress is a mayor problem.", "Stress is a major problem."),
        ("People are busy now days.", "People are busy nowadays."),
        ("Smoking effects not only your skin.", "Smoking affects not only your skin."),
        ("I can't live with out you.", "I can't live without you."),
        ("Some people prefers it.", "Some people prefer it."),
        ("To travel with a group are more fun.", "To travel with a group is more fun."),
        ("Having a car give you freedom.", "Having a car gives you freedom."),
        ("The number of cars will decreased.", "The number of cars will decrease."),
        ("I have been learn English for years.", "I have been learning English for years."),
        ("It is good to has a guide.", "It is good to have a guide."),
        ("He is better in take risks.", "He is better in taking risks."),
        ("They have the more time.", "They have more time."),
        ("They are not enough time to study.", "They don't have enough time to study."),
    ],
)
def test_mistakes_are_corrected(text: str, result: str):
    assert corrected(text, Checker().check(text)) == result


@pytest.mark.parametrize(
    "text",
    [
        "",
        "오늘 날씨가 좋네요.",
        "I ate tteokbokki and pajeon in Myeongdong with Jiyeon.",
        "We bought bread, milk and eggs.",
        "That's OK with me!",
        "My favourite colour is grey.",
        "We revelled in the programme.",
        "The soup had mould on it.",
        "Coron is an island.",
        "Is it true that you're a high school teacher?",
        "We need change.",
        "One of my best friends lives in Canada.",
        "I dreamt about you.",
        "I use KakaoTalk to talk with my friends.",
        '"I know it," he said.',
        "A man said: \u201cA dog!\u201d",
        "I'm afraid your flight is late.",
        "He hid himself behind a large rock.",
        "lol yeah, see you tmrw :)",
        "Education is the key to success.",
        "When should I feed the dog?",
        "Each of us has a dream.",
        "I prefer to drink tea.",
        "The hotel where we stayed was nice.",
        "I have a few friends.",
        "He is capable of reading this.",
        "I have known the man for a long time.",
        "We had the lunch that my mother made.",
        "Whose book is this?",
        "The effects of smoking are bad.",
        "It was due to the rain.",
        "Both my parents or a teacher may come.",
        "I always drink coffee.",
        "The police are looking for him.",
        "Could I ask you something?",
        "You are my best friend.",
        "Always be kind.",
        "I had my wallet stolen on the subway.",
        "What is it that you want?",
        "The trip was relaxing.",
        "In the middle of the night, it rained.",
        "The number of cars will decrease.",
        "Having a car gives you freedom.",
        "I have been learning English for years.",
        "He is interested in learning English.",
        "They do not have enough time to study.",
        "We want to build a treehouse in the garden.",
        "He dwelt in a miteless house.",
        "We tantalisingly revelled in it.",
        "The kimbap and the janggi were nice.",
        "I read a webtoon.",
        "He had had enough.",
        "I got a B in statistics.",
        "I was told that the office was closed.",
        "I would rather walk than take the bus.",
        "On Chuseok it takes five hours.",
        "He has his own car.",
        "I thank every one of you.",
        "She suffered in silence.",
        "He was guided by his own plan.",
        "I got bored of it.",
        "We waited our turn.",
        "I like these: tea and coffee.",
        "I play piano every day.",
        "I will go on May 5th.",
        "The shop is on March Street.",
        "Then she lets go.",
        '"I will go tomorrow," she said, but she came late.',
        "I know many friends who like it.",
        "She was involved with the plan.",
        "They came on this day.",
        "Nowadays people eat alone.",
        "By the time we came, it was late.",
    ],
)
def test_what_is_right_is_left_alone(text: str):
    assert Checker().check(text) == ()


def test_a_word_that_is_in_no_dictionary_and_like_none_is_named():
    (finding,) = Checker().check("We saw a zmbrflktqwn there.")
    assert (finding.original, finding.suggestion, finding.rule) == ("zmbrflktqwn", None, "spelling")
    assert "zmbrflktqwn" in finding.note_en


def test_spaces_are_shown_with_the_words_beside_them():
    (finding,) = Checker().check("I like  it.")
    assert (finding.original, finding.suggestion) == ("like  it.", "like it.")


@pytest.mark.parametrize(
    "word",
    re.findall(
        r"\S+",
        "colour neighbourhoods organising analysed centre litres travelled fulfil enrolment catalogue cheques programme"
        " mould archaeology judgement ageing defence maths",
    ),
)
def test_british_spelling_is_known_by_what_america_writes(word: str):
    assert british(word, ())


@pytest.mark.parametrize("word", ["becouse", "untill", "usualy", "realy", "sence", "choise", "foures", "doer"])
def test_a_mistake_is_not_british(word: str):
    assert not british(word, ())


def test_what_a_dictionary_suggests_is_known():
    assert british("grobblise", ("grobblize",))
    assert not british("grobblise", ())


def test_korean_in_latin_letters_is_told_by_its_syllables():
    assert korean("tteokbokki", surely=True)
    assert korean("kimbap", surely=False)
    assert not korean("kimbap", surely=True)
    assert not korean("restaurant", surely=False)


@pytest.mark.parametrize("word", ["treehouses", "antlike", "beavertail"])
def test_compounds_are_made_of_words(word: str):
    assert made_of_words(word)


def test_not_every_word_is_a_compound():
    assert not made_of_words("restaraunt")


@pytest.fixture
def _without_harper(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "harper", None)
    harper.linter.cache_clear()
    yield
    harper.linter.cache_clear()


@pytest.mark.usefixtures("_without_harper")
def test_without_harper_it_still_finds_most():
    found = figures(mistaken_of(SETS / "tuning.tsv"), correct_of(SETS / "tuning-correct.txt"), Checker().check)
    assert found.flagged / found.mistaken > 0.78
    assert found.false / found.correct < 0.02
    for text, result in (
        ("I will definately come.", "I will definitely come."),
        ("He waited infront of me.", "He waited in front of me."),
    ):
        assert corrected(text, Checker().check(text)) == result


def test_of_learners_sentences_most_are_found_and_few_wrongly():
    found = figures(mistaken_of(SETS / "tuning.tsv"), correct_of(SETS / "tuning-correct.txt"), Checker().check)
    assert found.flagged / found.mistaken > 0.82
    assert found.right / found.mistaken > 0.72
    assert found.false / found.correct < 0.02


def test_a_sentence_takes_less_than_60_ms():
    sentences = [one.sentence for one in mistaken_of(SETS / "tuning.tsv")]
    began = time.process_time()
    for sentence in sentences:
        Checker().check(sentence)
    assert (time.process_time() - began) / len(sentences) < 0.06


def test_nothing_that_the_learner_wrote_is_printed(capfd: pytest.CaptureFixture[str]):
    for one in mistaken_of(SETS / "tuning.tsv"):
        Checker().check(one.sentence)
    Checker().check("I am looking forward to see you again.")
    assert capfd.readouterr() == ("", "")


def test_rules_come_in_the_order_of_their_file():
    assert [rule.name for rule in shipped_rules()] == [entry["name"] for entry in _RULES["rules"]]
    assert len({rule.name for rule in shipped_rules()}) == len(shipped_rules())


def test_the_model_knows_its_words():
    fluency = shipped_fluency()
    assert fluency.knows("school")
    assert not fluency.knows("zxqqy")
    assert fluency.of("I zxqqy it.") < fluency.of("I like it.")
    assert fluency.of("He goes to school.") > fluency.of("He go to school.")
