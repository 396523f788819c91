// Names of made-up people. The first come oftener.

export const families = (
  'smith jones garcia müller taylor brown nguyen kowalski rossi martin schmidt silva ivanova khan patel lee ' +
  'johnson williams hernández dubois novák jansen andersen wilson davies evans thomas roberts walker wright ' +
  'schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein wolf schröder neumann ' +
  'fernández lópez gonzález rodríguez martínez sánchez pérez gómez díaz moreno álvarez romero núñez torres ' +
  'bernard petit durand leroy moreau laurent lefebvre michel bertrand roux vincent fournier girard bonnet ' +
  'ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti costa mancini lombardi ' +
  'wiśniewski wójcik kamiński lewandowski zieliński szymański woźniak dąbrowski kozłowski jankowski mazur ' +
  'svoboda novotný dvořák černý procházka kučera veselý horák němec pokorný marek hájek jelínek král ' +
  'hansen johansen olsen larsen nilsen pedersen kristiansen berg haugen hagen eriksen lund strand solberg ' +
  'papadopoulos georgiou dimitriou nikolaidis yilmaz kaya demir şahin çelik öztürk aydın arslan doğan ' +
  'okafor adeyemi mensah diallo traoré mwangi otieno tanaka suzuki watanabe yamamoto kim park choi chen wang ' +
  'singh kumar sharma gupta reddy iyer banerjee hussain ahmed rahman begum haddad mansour khoury nasser ' +
  'murphy kelly sullivan walsh byrne ryan oconnor oneill mccarthy doyle gallagher kennedy lynch murray quinn ' +
  'campbell stewart anderson macdonald scott reid morrison fraser hamilton graham johnston duncan ferguson ' +
  'baker carter cooper turner parker collins edwards morris rogers bailey howard ward foster gray hughes ' +
  'ashworth bickerstaff colquhoun dalrymple entwistle fotheringham grosvenor hathersage ingleby jellicoe'
)
  .split(' ')
  .map(capitalised);

const girls = (
  'mary anna elizabeth maria sarah emma margaret katherine susan patricia jennifer laura julia sophie helen ' +
  'christina barbara jessica rebecca victoria alice charlotte claire eva hannah isabella jane judith lena louise ' +
  'martha nadia nina olivia paula rachel rosa ruth samantha sandra silvia sofia stella teresa ursula vera ' +
  'wanda yasmin zofia agnes beatrice carmen diana elena fatima giulia ingrid joanna karin lucia monika natalia ' +
  'petra renata sabine tamara ulrike valentina aisha chiara dagmar esther frances greta hilda irina jasmine'
)
  .split(' ')
  .map(capitalised);

const boys = (
  'john james robert michael william david thomas peter paul andrew richard joseph christopher daniel martin ' +
  'alexander matthew stephen anthony edward george samuel benjamin charles philip jan frank henry jack simon ' +
  'nicholas patrick adam mark luis marco karl stefan oliver leon lukas max felix jonas tobias sebastian ' +
  'viktor walter kenneth gregory timothy gerald ali omar hassan ibrahim yusuf pavel ivan dmitri sergei ' +
  'giovanni antonio carlos diego miguel pedro rafael erik lars magnus olaf sven arjun ravi sanjay vikram ' +
  'kenji hiroshi wei jun min tariq bilal kofi kwame chidi emeka abel bruno cyril dominik edgar fabian gustav'
)
  .split(' ')
  .map(capitalised);

export const givenNames = { female: girls, male: boys } as const;

/** What somebody is called who is also called something longer. */
export const shortForms: Readonly<Record<string, readonly string[]>> = {
  Elizabeth: ['Liz', 'Beth', 'Betty'],
  Margaret: ['Maggie', 'Peggy'],
  Katherine: ['Kate', 'Kathy'],
  Susan: ['Sue'],
  Patricia: ['Pat', 'Trish'],
  Jennifer: ['Jenny'],
  Rebecca: ['Becky'],
  Victoria: ['Vicky'],
  Samantha: ['Sam'],
  Christina: ['Chris', 'Tina'],
  Robert: ['Bob', 'Rob'],
  William: ['Bill', 'Will'],
  James: ['Jim', 'Jimmy'],
  Michael: ['Mike'],
  Richard: ['Dick', 'Rick'],
  Thomas: ['Tom'],
  Andrew: ['Andy'],
  Joseph: ['Joe'],
  Christopher: ['Chris'],
  Daniel: ['Dan'],
  Anthony: ['Tony'],
  Edward: ['Ted', 'Ed'],
  Charles: ['Charlie'],
  Benjamin: ['Ben'],
  Samuel: ['Sam'],
  Alexander: ['Alex', 'Sandy'],
};

export const streets = (
  'high street,church lane,mill road,station road,park avenue,green lane,victoria road,queens road,kings close,' +
  'west street,north road,main street,school lane,manor way,the crescent,elm grove,oak drive,river walk'
).split(',');

export const cities = 'Hexham,Ludlow,Whitby,Totnes,Kendal,Alnwick,Stamford,Penrith,Bakewell,Malvern'.split(
  ',',
);

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
