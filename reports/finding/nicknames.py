"""Short and familiar forms of first names, English and Spanish: whoever asks for Bob also asks for Robert."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

# One name a line, with the forms in which it is also said. A form may belong to several names.
FORMS = """
abigail abby gail
agustin tino
alberto beto albert al bert
alejandro alex ale jandro alexander
alejandra alex ale sandra
alexander alex sasha xander al
alexandra alex sandra sasha lexi
alfonso poncho fonso alphonse
alfredo fredo alfred
ana anita anna ann anne annie
andres andy andrew
andrew andy drew
angela angie
anthony tony
antonio tono toni tony anthony
barbara barb babs
bartolome bartolo
beatriz bety bea beatrice
benjamin ben benny benji benja
bernardo nardo
caroline carol carrie
carolina caro
carlos charlie carlitos charles
catalina cata
catherine cathy kate katie kathy cat katherine
charles charlie chuck chas
christina tina chris christy
christine tina chris christy
christopher chris kit topher
concepcion concha conchita
consuelo chelo
cristina tina cris
cristobal cris tobal
cynthia cindy
daniel dan danny dani
david dave davey
deborah deb debbie
dolores lola
donald don donny
dorothy dot dottie
eduardo lalo edu eddie edward
edward ed eddie ted ned
elena nena helen
elizabeth liz beth betty lizzie eliza bess
enrique quique kike henry
ernesto neto ernest
esperanza lanza
esteban steban stephen steven
eugene gene
eugenio geno
federico fede frederick
felipe pipe phil philip
fernando nando fer
florencia flor
francisco paco pancho curro cisco frank francis kiko
francisca paca pancha
francis frank fran
frederick fred freddy rick
gabriel gabe gabi
gabriela gabi gaby
gerald gerry jerry
gerardo gera lalo
gerard gerry jerry
gilberto beto gil
gonzalo gonza
graciela chela
gregorio goyo gregory
gregory greg
guadalupe lupe lupita
guillermo memo guille william
gustavo tavo gus
harold hal harry
henry hank harry
heriberto beto
hector tito
humberto beto
ignacio nacho
isabel isa chabela isabella
isidro chilo
ivan vanya
jacob jake
jacinto chinto
jaime jimmy james
james jim jimmy jamie
javier javi
jennifer jen jenny
jeffrey jeff
jeronimo jero
jesus chuy chucho
jessica jess jessie
joaquin quino
john jack johnny jon
jonathan jon johnny
jorge coque george
jose pepe chepe joe joseito joseph
joseph joe joey
josefina pepa fina
joshua josh
juan juanito john
judith judy
julian juli
kenneth ken kenny
kimberly kim
lawrence larry
leonardo leo leonard
leonard len lenny leo
lorenzo lencho
luis lucho louis lewis
luisa lucha
lourdes lulu
manuel manolo manny meno
manuela manola
marcos marco mark marcus
margaret maggie meg peggy marge
margarita mago rita
maria mari maru mary marie
mario mayito
martha marta
matthew matt
mateo teo matthew
mercedes meche
michael mike mick mickey
michelle shelly
miguel migue mike michael
monica moni
nancy nan
nathaniel nate nathan
nicholas nick nicky
nicolas nico nicholas
octavio tavo
pablo pablito paul
pamela pam
patricia pat patty trish paty
patricio pato patrick
patrick pat paddy
pedro perico peter pete
peter pete
philip phil
rafael rafa ralph raphael
ramon moncho raymond
raul rulo
raymond ray
rebecca becky
refugio cuca cuco
ricardo richie rick cardo richard
richard rick dick richie rich
robert bob bobby rob robbie bert
roberto beto tito robert
rodolfo rudy fito rodo
rodrigo rodri
ronald ron ronnie
rosario charo chayo
rosa rosita rose
salvador chava salva
samuel sam sammy
sandra sandy
santiago santi chago yago james
sebastian sebas bastian
sergio checo
sofia sofi sophia sophie
stephen steve steven
steven steve stephen
susan sue susie suzie
susana susy
teresa tere theresa
theodore ted teddy theo
theresa terry tess
thomas tom tommy
timothy tim timmy
tomas tomi thomas
valentin vale
vicente chente vincent
victor vic vico
victoria vicky tori
vincent vince vinny
vladimir vova volodya
alexei alyosha lyosha aleksey
mikhail misha
dmitri dima mitya dmitry
nikolai kolya
sergei seryozha
william bill billy will liam willy
ximena mena
yolanda yoli
zachary zach zack
"""


@cache
def _groups() -> dict[str, frozenset[str]]:
    """Under each form all names that it may stand for, and under each name its forms."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in FORMS.split("\n"):
        name, *forms = line.split() or [""]
        for form in forms:
            found[name].add(form)
            found[form].add(name)
    return {word: frozenset(others) for word, others in found.items()}


def also(word: str) -> frozenset[str]:
    """The other forms of a first name: Robert for Bob, and Bob and Rob for Robert."""
    return _groups().get(word, frozenset())
