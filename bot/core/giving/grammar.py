"""A small grammar of giving an address: kinds of words, and the orders in which they give one."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

ADDRESS = "\ufffc"
"""Stands where the address stood."""

_MOST_WORDS = 30
_WORD = re.compile(rf"[^\W_]+|{ADDRESS}|\?")
_CONCERNING = "of|with|for|avec|con|com|met|van|voor|mit|für|bei"
_APOSTROPHES = re.compile("['\u2018\u2019`\u00b4]")
_COMMENT = re.compile("#.*")
_KINDS = MappingProxyType(
    {
        "F": "fillers",
        "L": "refusals",
        "M": "possessives",
        "T": "articles",
        "J": "adjectives",
        "N": "nouns",
        "Q": "linkers",
        "C": "copulas",
        "D": "pronouns",
        "S": "contractions",
        "H": "handing_over",
        "V": "verbs",
        "U": "verbs_alone",
        "E": "verbs_to_me",
        "O": "objects",
        "X": "auxiliaries",
        "Y": "readers",
        "I": "writers",
        "P": "prepositions",
        "R": "particles",
        "K": "superlatives",
        "G": "approvals",
    }
)
"""The letter by which each kind of words goes in the orders below."""

_FILLER, _OTHER = "F", "W"

_GIVING = """
    (?: L F* (?= A | D C | S ) | F* )      # no, it is
    (?:
        [MT]* J* N (?: Q? [NJ] )* (?: D? C+ | S )?       # (my) (work) email (is)
      | J* [MT]+ (?: Q? J )* D? (?: C | S )?             # (the) mine is
      | O (?: D? C+ | S )                    # moi c'est
      | D C+ | S                            # it is, that would be
      | H+ (?: D? C+ D? | S )? (?: [MT]* J* N (?: Q? [NJ] )* )?  # here is (my email)
      | (?! O [^AP]* A )                     # but no "mir schreibt …"
        (?= [^A]* (?: V [^A]* O | O [^A]* V | U | E | Y X+ V ) )
        [XYVOUEPNDR]+                        # you can reach me, use
      | (?= [^A]* V ) [XYVUD]+ P [MT]+ J* N (?: Q? [NJ] )*  # send it to my email
      | P N+                                 # by mail (to)
      | I+ [CXVP]* N? P?                     # I am (reached) at
      | K+ (?: D? C+ | S )?                  # best (to use) (my email)
      | K+ [XYDU]* (?: P? [MT]+ J* N (?: Q? [NJ] )* )?
      | P
    )?
    F* P? F* A F*
    (?:
        D? (?: C | S ) F* (?: [MT]+ J* N* | J* N+ | G+ | D C G+ | K+ )   # is mine, is fine
      | D (?: C+ | S ) G+ | G+ | K+ | [MT]+ J* N (?: Q? [NJ] )* | P? O | R+
    )?
    F*
"""
_GIVING_AS_OWN = """
    F*
    (?:
        (?:
            T* M+ J* N (?: Q? [NJ] )* (?: D? C+ | S ) F*
          | T* M+ (?: Q? J )* D? (?: C | S )
          | (?! O [^AP]* A ) (?= [^A]* (?: V [^A]* O | O [^A]* V | E ) ) [XYVOEPNDR]+
          | (?= [^A]* V ) [XYVUD]+ P T* M+ J* N (?: Q? [NJ] )*
        ) P? F* A
      | A D? (?: C | S ) T* M+ J* N+
    )
    F*
"""
_NAMED = "F* W{1,3} A F*"
_NAME = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Grammar:
    """The words of one language, each kind as a text of words between blanks."""

    fillers: str = ""
    """Fillers: greetings, politeness, agreement, thanks."""
    agreements: str = ""
    """Agreements, each on a line, whose words mean something else alone: pas de souci."""
    refusals: str = ""
    """What begins an answer to "Did you mean …?": no."""
    possessives: str = ""
    """Possessives of the first person: my, mia."""
    articles: str = ""
    """Articles, which say nothing of whose it is: la."""
    adjectives: str = ""
    """Adjectives that may stand with an address: private, new."""
    nouns: str = ""
    """Nouns for an address: email, mail, address."""
    linkers: str = ""
    """What links a noun with another or an adjective, but with no owner: correo de trabajo."""
    copulas: str = ""
    """Copulas: is, would be."""
    pronouns: str = ""
    """Pronouns before or after a copula: it, that."""
    contractions: str = ""
    """A pronoun and a copula in one, or a copula that needs none: it's, è."""
    handing_over: str = ""
    """Words of handing over: here, voilà."""
    verbs: str = ""
    """Verbs of writing to the first person: write, reach; they need one of `objects`."""
    verbs_alone: str = ""
    """Verbs that need no object, or hold it: use, escríbeme."""
    verbs_to_me: str = ""
    """Verbs that hold the first person as their object: scrivetemi."""
    objects: str = ""
    """The first person as an object: me."""
    auxiliaries: str = ""
    """Auxiliaries, and objects such as "the answer": can, may, everything."""
    readers: str = ""
    """The reader as a subject: you."""
    writers: str = ""
    """The first person as a subject, with its verb: I am."""
    prepositions: str = ""
    """Prepositions before an address: at, to, via."""
    particles: str = ""
    """Particles that belong to the verb: back, zu erreichen."""
    superlatives: str = ""
    """Superlatives that recommend: best, rather."""
    approvals: str = ""
    """Words of approval after an address: fine, best."""
    negations: str = ""
    """Words that turn a sentence around: not, never, no longer."""

    def gives(self, text: str) -> bool:
        """Tell whether all of a text gives the one address in it."""
        spelled = self._spell(text)
        named = self._named.fullmatch(spelled) and _begins_with_names(text)
        return bool(named) or self._giving.fullmatch(spelled) is not None

    def gives_as_own(self, sentence: str) -> bool:
        """Tell whether a sentence says by itself that its address is the writer's."""
        return self._giving_as_own.fullmatch(self._spell(sentence)) is not None

    def negates(self, sentence: str) -> bool:
        """Tell whether a sentence holds a word that turns it around."""
        return not self._negations.isdisjoint(_words(sentence))

    def _spell(self, text: str) -> str:
        words = self._agreements.sub("  ", f" {' '.join(_words(text))} ").split()
        if len(words) > _MOST_WORDS or words.count(ADDRESS) != 1:
            return ""
        return "".join(self._letters[self._kind(word)] for word in words)

    def _kind(self, word: str) -> str:
        return self._kinds.get(word, _FILLER if word.isdigit() else _OTHER)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        kinds = {ADDRESS: "A"}
        for kind, name in _KINDS.items():
            for word in _words(getattr(self, name)):
                kinds[word] = kinds.get(word, "") + kind
        return kinds

    @cached_property
    def _agreements(self) -> re.Pattern[str]:
        told = [" ".join(_words(line)) for line in self.agreements.splitlines()]
        phrases = "|".join(filter(None, told)) or "(?!)"
        return re.compile(rf" (?:{phrases}) (?!(?:{_CONCERNING}) )")

    @cached_property
    def _letters(self) -> dict[str, str]:
        # a letter for each combination of kinds: a word may be of several
        combinations = sorted({_FILLER, _OTHER, *self._kinds.values()})
        return {each: chr(0x4E00 + number) for number, each in enumerate(combinations)}

    def _order(self, pattern: str) -> re.Pattern[str]:
        plain = _COMMENT.sub("", pattern)
        return re.compile(re.sub(r"\[(\^?)([A-Z]+)\]|([A-Z])", self._class, plain), re.VERBOSE)

    def _class(self, kinds: re.Match[str]) -> str:
        wanted = set(kinds[2] or kinds[3])
        letters = [letter for each, letter in self._letters.items() if wanted & set(each)]
        return f"[{kinds[1] or ''}{''.join(letters) or '-'}]"

    @cached_property
    def _giving(self) -> re.Pattern[str]:
        return self._order(_GIVING)

    @cached_property
    def _giving_as_own(self) -> re.Pattern[str]:
        return self._order(_GIVING_AS_OWN)

    @cached_property
    def _named(self) -> re.Pattern[str]:
        return self._order(_NAMED)

    @cached_property
    def _negations(self) -> frozenset[str]:
        return frozenset(_words(self.negations))


def _begins_with_names(text: str) -> bool:
    before = text.partition(ADDRESS)[0].rstrip()
    return before[-1:] in ",:\n" and all(word[0].isupper() for word in _NAME.findall(before))


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFC", text).casefold()
    return _WORD.findall(_APOSTROPHES.sub("", folded))
