"""Sentences of our own about made-up events, with slots ``{town}`` and choices ``[a|b]``; every name is invented.

Each kind of event has headlines, sentences of its first days and sentences of the days after.
"""

from __future__ import annotations

TOWNS = (
    "Aldmere", "Brackwater", "Corvin Bay", "Dunhallow", "Eastmarch", "Fennick", "Garrowby", "Hollin Cross", "Istrell",
    "Jarnholm", "Kestrel Point", "Lowmarsh", "Mirefield", "Norwick Sands", "Ostermouth", "Penhallam", "Quarrydale", "Rushbeck",
    "Saltholme", "Tarnley", "Ulverby", "Varnhill", "Westerfold", "Yarrowgate",
)  # fmt: skip
PEOPLE = (
    "Ilse Marwood", "Tobin Grell", "Hanne Osterby", "Rafe Culland", "Mirela Dovan", "Joss Penhale", "Anneke Thrale", "Corin Vass",
    "Petra Lindqvane", "Edwin Sorrow", "Malka Reyne", "Dario Fenwick",
)  # fmt: skip
BODIES = (
    "the Harbour Authority", "the Ministry of Works", "the Northern Assembly", "the Transport Union", "the Coast Guard Service",
    "the Audit Office", "the Regional Court", "the Health Board", "the Farmers' League", "the Energy Council",
    "the Teachers' Federation", "the Civic Party",
)  # fmt: skip
THINGS: dict[str, tuple[str, ...]] = {
    "first": ("Bram", "Cald", "Dors", "Elver", "Fal", "Grim", "Hazel", "Inver", "Kell", "Lark", "Marl", "Nether", "Oak", "Pell",
              "Raven", "Silver", "Thorn", "Under", "Wythe", "Yew"),
    "second": ("beck", "combe", "den", "ford", "gate", "hurst", "ings", "ley", "moor", "ness", "ridge", "stead", "stone", "water",
               "wick", "worth"),
    "given": ("Ansel", "Bettina", "Casper", "Della", "Egon", "Frida", "Gustav", "Hedda", "Ivor", "Jutta", "Kasimir", "Lotte"),
    "family": ("Abend", "Brosk", "Crayle", "Dunmore", "Eckart", "Fosse", "Gantry", "Hoult", "Ibsley", "Jorund", "Kitchel", "Lomax"),
}  # fmt: skip
COMMON = (
    "Our reporters were [at the scene|in the area] and will bring more as it comes in.",
    "A spokesman declined to [comment further|say more] on [Tuesday|Friday|Sunday].",
    "[Officials|Authorities] said that a full account would be given in due course.",
    "Local [radio|television] carried the news through the [morning|night].",
    "The weather is expected to [turn colder|stay mild] over the coming days.",
    "[Residents|People living nearby] spoke of a difficult week.",
    "It was [not immediately clear|still unclear] how long this would last.",
    "The government has promised to look into the matter.",
    "Opposition politicians called the response [slow|inadequate].",
    "A statement was published late in the [evening|afternoon].",
    "Shops in the centre stayed [open|closed] for most of the day.",
    "Experts warned against drawing conclusions too early.",
    "The mayor thanked [everyone involved|the volunteers] for their patience.",
    "Further details were expected [on Monday|by the weekend|within days].",
    "Questions remain about who [knew|decided] what, and when.",
    "The costs have not yet been [worked out|made public].",
)  # fmt: skip
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "flood": (
        ("Flood drives [families|hundreds] from homes in {town}", "River {name} [bursts its banks|rises again]", "{town} under water as rain goes on",
         "{many} without dry beds after the flood", "[Clean-up|Mud and anger] along the {name}"),
        ("The river {name} burst its banks shortly [before dawn|after midnight] and water stood [waist|knee] deep in the streets of {town}.",
         "[Firefighters|Rescue crews] took {few} people from roofs by boat.", "About {many} homes lost power when a substation was flooded.",
         "{person} flew to {town} and promised [quick help|emergency money].", "Rain fell on the hills above the {name} for [two|three] days without a break.",
         "Sandbags were piled up along {other} Street, but the water came through the cellars.", "{witness}, a baker, said the water [rose|came up] faster than anyone could carry things upstairs.",
         "{body} closed the bridge over the {name} to traffic."),
        ("The level of the {name} [fell|dropped] by half a metre overnight.", "Insurers put the damage in {town} at {few} million crowns.",
         "Volunteers shovelled mud out of the school on {other} Street.", "{body} was asked why the flood gates were opened so late.",
         "{person} announced a relief fund for those who lost their homes to the water.", "Engineers found cracks in the dyke north of {town}.",
         "{witness} is still sleeping in the sports hall with {few} others."),
    ),
    "strike": (
        ("Strike [stops|halts] work at {name}", "{name} workers walk out over pay", "Talks at {name} [fail|break down] in {town}", "[No deal|Deal near] in the {name} strike"),
        ("{many} workers at the {name} plant in {town} [laid down tools|walked out] over pay.", "{body} is asking for a rise of {few} per cent over two years.",
         "Pickets [stood|gathered] at the {other} gate before the early shift.", "The management of {name} called the walkout [unlawful|regrettable].",
         "Deliveries were turned back at the factory gates.", "{witness}, a shop steward, said nobody could live on the old wages.",
         "{person} urged both sides to return to the table.", "Production of engines at {name} came to a standstill."),
        ("Mediators met both sides in the dispute at {name} for {few} hours.", "The strike fund pays each worker {few} crowns a day.",
         "Suppliers of {name} have begun to send people home.", "A vote on the offer is to be held among the {many} members at the plant.",
         "{person} said the state would not step into the wage dispute.", "{body} rejected an offer that would have ended the walkout.",
         "{witness} said morale on the picket line was high."),
    ),
    "trial": (
        ("Former treasurer of {name} [in the dock|on trial]", "{witness} denies taking money from {name}", "Court in {town} hears of missing millions", "[Verdict|Sentence] in the {name} case"),
        ("The trial of {witness}, once treasurer of the {name} trust, [opened|began] in {town}.", "Prosecutors say {few} million crowns went to accounts abroad.",
         "{witness} pleaded not guilty to {few} counts of fraud.", "{person} is to be called as a witness by the defence.", "The judge warned the gallery to keep quiet.",
         "Papers of the {name} trust were found in a garage in {other}.", "An accountant told the court that invoices had been [forged|made up].",
         "{body} had passed the trust's books without remarks for years."),
        ("The jury in the {name} case has retired to consider its verdict.", "Lawyers for {witness} spoke of a mistake, not a crime.",
         "The defendant was [led out|seen weeping] as the sentence was read.", "An appeal against the judgment is likely, the defence said.",
         "Pensioners who had given their savings to {name} followed the hearing.", "{person} told the court he had never seen the accounts.",
         "{body} has changed its rules since the fraud came to light."),
    ),
    "election": (
        ("{person} [leads|ahead] in {town} vote", "{town} chooses a new council", "Recount ordered in {town}", "{name} district decides the {town} election"),
        ("Voters in {town} went to the polls to choose a new council.", "Turnout in the {name} district reached {few} per cent by noon.",
         "{person} cast a ballot at a school in {other}.", "Polls give {person} a lead of {few} points over {witness}.", "{body} sent observers to {few} polling stations.",
         "Ballot papers ran out in {name} and had to be printed in a hurry.", "{witness}, the challenger, campaigned on rents and buses.",
         "Counting began as soon as the doors closed."),
        ("The result in {town} was confirmed after a recount in {name}.", "{witness} conceded defeat [by telephone|in a short speech].",
         "Coalition talks in the new council may take {few} days.", "{person} promised to govern for those who voted otherwise.",
         "{body} found no sign of fraud in the count.", "Only {many} votes lay between the two candidates.", "The outgoing council met for the last time."),
    ),
    "fire": (
        ("[Blaze|Fire] destroys {name} warehouse", "{few} hurt in {town} fire", "Smoke over {town} as {name} burns", "What caused the {name} fire?"),
        ("A fire [tore through|destroyed] the {name} warehouse on the edge of {town}.", "{few} people were treated for smoke.", "Flames could be seen from {other}, and windows had to be kept shut.",
         "Crews from four towns fought the blaze with foam.", "{witness}, a night watchman, [raised|gave] the alarm at three.", "Paint and tyres were stored in the building that burned.",
         "{person} praised the firefighters.", "{body} measured the air for poisonous fumes."),
        ("Investigators believe that a faulty charger started the blaze at {name}.", "The ruins of the warehouse are to be pulled down.",
         "Water used on the fire has run into the stream at {other}.", "{many} tonnes of goods were lost in the flames.", "The owner of {name} had been fined over blocked fire doors.",
         "{body} has ordered checks of every warehouse in {town}.", "{witness} said the sprinklers had not worked."),
    ),
    "epidemic": (
        ("Cases of [fever|illness] in {town} [rise|climb]", "{name} hospital full as fever spreads", "Vaccination begins in {town}", "Fever in {town}: [wells tested|source found]"),
        ("Doctors in {town} have counted {few} cases of a fever that spreads by water.", "The {name} hospital has put beds in its corridors.",
         "Families were told to boil water before drinking it.", "{body} traced the first patients to a market in {other}.", "{witness}, a nurse, said children were [worst|hardest] hit.",
         "Schools in {town} will stay shut for a week because of the infection.", "{person} said there was no reason to panic about the outbreak.", "Samples from patients were sent to a laboratory."),
        ("The number of new patients at {name} fell for the third day.", "A leaking sewer near {other} is thought to be the source of the infection.",
         "{many} doses of vaccine arrived in {town}.", "{body} lifted the advice to boil water in part of the town.", "{few} people remain in intensive care with the fever.",
         "{person} visited the wards in a mask.", "{witness} has recovered and is back at work on the ward."),
    ),
    "merger": (
        ("{name} to [buy|take over] {other}", "Shareholders weigh {name} bid", "Regulator looks at {name} and {other}", "Jobs fear over {name} merger"),
        ("The brewer {name} has offered {few} crowns a share for its rival {other}.", "The takeover would create the largest brewer in the country, with {many} workers.",
         "Shares in {other} [jumped|rose] by a fifth on the news of the bid.", "{witness}, who heads {other}, called the price too low.", "{body} will examine whether the merger harms competition.",
         "{person} said jobs in {town} must be kept if the companies merge.", "Banks have lent {name} the money for the purchase.", "Both breweries have their roots in {town}."),
        ("Shareholders of {other} accepted the offer by a wide margin.", "{name} raised its bid by {few} per cent.", "The merged brewer is to sell {few} of its pubs.",
         "{body} set conditions for the takeover.", "Unions fear that the bottling plant in {town} will be closed after the merger.", "{witness} will leave with the deal.",
         "{person} welcomed that the head office stays in {town}."),
    ),
    "rail crash": (
        ("Train [leaves rails|derails] near {town}", "{few} injured in {name} rail crash", "Signal [blamed|at fault] for {name} crash", "Line through {town} opens again"),
        ("A passenger train left the rails at {name} junction near {town}.", "{few} passengers were injured, some of them badly.", "Two carriages lay on their side beside the track.",
         "Helicopters took the injured to hospital in {other}.", "{witness}, who sat in the second carriage, said there was a bang and then darkness.", "Trains on the line are replaced by buses.",
         "{person} laid flowers beside the track.", "{body} has begun an inquiry into the derailment."),
        ("The recorder shows that the train was too fast for the points at {name}.", "A signal at {name} had been reported as faulty {few} times.", "Cranes lifted the last carriage from the embankment.",
         "The driver of the train has been questioned.", "{body} wants automatic brakes on all lines after the crash.", "The railway promised {many} crowns to each of the injured passengers.",
         "{person} defended the money spent on the tracks."),
    ),
    "football": (
        ("{name} Rovers [sack|part with] their coach", "{witness} out at {name} Rovers", "{name} Rovers look for a coach", "Fans of {name} Rovers [protest|sing]"),
        ("{name} Rovers have parted with their coach {witness} after {few} games without a win.", "The club from {town} lies last in the league.", "Supporters sang against the board during the defeat.",
         "The captain said the dressing room was [divided|silent].", "An assistant will pick the team for the match at {other}.", "{person}, a lifelong supporter, called it a sad day.",
         "The goalkeeper was whistled at by his own stand.", "{body} is a sponsor of the club."),
        ("{name} Rovers presented a new coach at the stadium.", "The Rovers won for the first time in {few} matches.", "{many} spectators saw the debut of the new coach.",
         "{witness} is to get a pay-off from the club.", "The striker scored twice in the second half.", "Season tickets for the Rovers will not become dearer.",
         "{person} came to the stand to see the match."),
    ),
    "spill": (
        ("Oil on the beaches of {town}", "Tanker {name} [aground|stuck] off {town}", "Seabirds die after {name} spill", "Tug pulls the {name} free"),
        ("The tanker {name} ran aground off {town} in heavy seas.", "Oil has reached the beaches at {other}.", "The crew of {few} was taken off by helicopter.",
         "{many} tonnes of crude oil were on board.", "Booms were laid to keep the slick from the oyster beds.", "{witness}, a fisherman, said the season was over.",
         "{person} demanded that the owners of the tanker pay.", "{body} sent two ships against the slick."),
        ("A tug pulled the {name} off the rocks at high tide.", "Volunteers have washed {few} oiled birds.", "The captain of the tanker was arrested.",
         "Divers found a tear of {few} metres in the hull.", "Hotels in {town} report cancelled holidays because of the oil.", "{body} reckons that the coast needs years to recover.",
         "{person} wants ships like the {name} kept farther from the shore."),
    ),
}  # fmt: skip
