"""The Spanish words of giving an address."""

from bot.core.giving.grammar import Grammar

GRAMMAR = Grammar(
    fillers="""
        hola buenas buenos días dias tardes noches sí si claro por supuesto ok okay vale
        gracias muchas mil favor perfecto entonces con gusto mucho encantado
        saludos cordiales cómo y bueno pues listo disculpe perdón
        porfa porfis porfavor
    """,
    agreements="""
        de acuerdo
        no hay problema
        sin problema
        sin problemas
    """,
    refusals="no",
    possessives="mi mío mio mía nuestro",
    articles="el la este",
    adjectives="""
        personal trabajo electrónico electronico nuevo nueva principal privado actual
        propio propia
    """,
    nouns="correo email mail e dirección direccion contacto teléfono telefono móvil número",
    linkers="de del",
    copulas="es sería seria está",
    pronouns="este ese esto",
    contractions="es sería seria",
    handing_over="aquí aqui tienes tiene está este va ahí",
    verbs="""
        escribir escribirme escríbeme escribeme escríbanme escribanme escríbame contactar
        contactarme contactarnos contácteme contáctenme contactenme contáctame responder
        responderme respóndanme respóndame respóndeme enviar enviarme envíenme envíame
        mandar mándenmelo mándenme mándame mandarme encuentran encontrar localizar
        comunicarse
    """,
    verbs_alone="""
        usen usa use usar utilicen utilice escribirme escríbeme escribeme escríbanme
        escribanme escríbame contactarme contácteme contáctenme contactenme contáctame
        responderme respóndanme respóndame respóndeme enviarme envíenme envíame mándenmelo
        mándenme mándame mandarme
    """,
    verbs_to_me="""
        escribirme escríbeme escribeme escríbanme escribanme escríbame escribame escribidme
        contactarme contácteme contáctenme contactenme contáctame contactadme responderme
        respóndanme respóndame respóndeme enviarme envíenme envíame envíeme mándenme mándame
        mándeme mándemelo mándamelo mándenmelo envíemelo envíamelo envíenmelo mandarme
    """,
    objects="me mí nos",
    auxiliaries="pueden puede puedes podéis todo la respuesta",
    readers="usted ustedes",
    writers="soy yo",
    prepositions="a en al por vía con para",
    superlatives="mejor preferiblemente",
    approvals="está bien mejor perfecto el es",
    negations="no nunca jamás nadie ningún ninguna nada dejen deje sin ya",
)
