"""The Portuguese words of giving an address."""

from bot.core.giving.grammar import Grammar

GRAMMAR = Grammar(
    fillers="""
        olá ola oi bom dia boa tarde noite sim claro com certeza ok okay está esta bem
        pode ser obrigado obrigada muito por favor perfeito então entao prazer
        cumprimentos abraço e desculpe ótimo combinado
    """,
    agreements="""
        através de
        sem problema
        sem problemas
        não há problema
        não tem problema
    """,
    refusals="não",
    possessives="meu minha nosso",
    articles="o a",
    adjectives="""
        pessoal trabalho profissional novo nova principal particular eletrônico eletrónico
        atual próprio própria
    """,
    nouns="""
        email mail e endereço endereco correio contato contacto telefone celular telemóvel
        número
    """,
    linkers="de do",
    copulas="é seria",
    pronouns="este esse isso",
    contractions="é seria",
    handing_over="aqui está segue seguem eis este",
    verbs="""
        escrever escreva escreve escrevam contatar contactar contacte contate responder
        respondam responda enviar envie enviem mandar mande mandem falar falem encontrar
        contactem contatem
    """,
    verbs_alone="usem use usar utilize utilizem",
    objects="me mim nos comigo",
    auxiliaries="podem pode podes tudo a resposta",
    readers="vocês você",
    writers="sou eu",
    prepositions="a em para por via no pelo pro pra ao",
    superlatives="melhor preferencialmente",
    approvals="melhor está bem serve perfeito o é",
    negations="não nao nunca jamais ninguém nenhum nada parem pare sem já",
)
